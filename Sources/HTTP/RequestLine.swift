/// The first line of a request, and the host that must agree with it.
enum RequestLine {
    /// Reads method, target and version; answers where the fields begin.
    static func parse(
        _ all: UnsafeRawBufferPointer, limits: MessageLimits, into head: inout Head
    ) throws(HTTPFault) -> Int {
        var index = 0
        while index < all.count, Bytes.isToken(all[index]) { index += 1 }
        guard index > 0, index < all.count, all[index] == Bytes.space else {
            throw HTTPFault(.malformed, "the request line is malformed")
        }
        head.methodRange = 0..<index
        head.method = method(all, 0..<index)
        let start = index + 1
        index = start
        while index < all.count, Bytes.isTarget(all[index]) { index += 1 }
        if index - start > limits.target { throw HTTPFault(.uriTooLong, "the request target is too long") }
        guard index > start, index + 10 < all.count, all[index] == Bytes.space else {
            throw HTTPFault(.malformed, "the request target is malformed")
        }
        head.target = start..<index
        let version = index + 1
        let isVersion =
            all.equals(version..<version + 5, "http/") && all[version] == UInt8(ascii: "H")
            && all[version + 1] == UInt8(ascii: "T") && all[version + 2] == UInt8(ascii: "T")
            && all[version + 3] == UInt8(ascii: "P") && all[version + 6] == UInt8(ascii: ".")
        guard isVersion, all[version + 8] == Bytes.carriageReturn, all[version + 9] == Bytes.newline else {
            throw HTTPFault(.malformed, "the request line has no valid version")
        }
        guard all[version + 5] == UInt8(ascii: "1"),
            all[version + 7] == UInt8(ascii: "1") || all[version + 7] == UInt8(ascii: "0")
        else { throw HTTPFault(.versionUnsupported, "only HTTP/1.1 and HTTP/1.0 are spoken here") }
        head.isHTTP10 = all[version + 7] == UInt8(ascii: "0")
        try checkTarget(all, head)
        return version + 10
    }

    private static func method(_ all: UnsafeRawBufferPointer, _ range: Range<Int>) -> Method {
        func isExactly(_ name: StaticString) -> Bool {
            range.count == name.utf8CodeUnitCount
                && !range.contains { all[$0] != name.utf8Start[$0 - range.lowerBound] }
        }
        if isExactly("POST") { return .post }
        if isExactly("GET") { return .get }
        if isExactly("HEAD") { return .head }
        if isExactly("PUT") { return .put }
        if isExactly("PATCH") { return .patch }
        if isExactly("DELETE") { return .delete }
        if isExactly("OPTIONS") { return .options }
        return .other
    }

    /// Refuses tunnels, `*`, and percent signs that decode to nothing or to NUL.
    private static func checkTarget(_ all: UnsafeRawBufferPointer, _ head: Head) throws(HTTPFault) {
        if all.equals(head.methodRange, "connect") || all.equals(head.methodRange, "trace") {
            throw HTTPFault(.unsupported, "this method is not supported")
        }
        let target = head.target
        if all[target.lowerBound] != UInt8(ascii: "/"), !isAbsolute(all, target) {
            throw HTTPFault(.malformed, "the request target is not a path")
        }
        var index = target.lowerBound
        while index < target.upperBound {
            if all[index] == UInt8(ascii: "%") {
                guard index + 2 < target.upperBound, let high = Bytes.hex(all[index + 1]),
                    let low = Bytes.hex(all[index + 2]), high << 4 | low != 0
                else { throw HTTPFault(.malformed, "a percent sign in the target is malformed") }
                index += 2
            }
            index += 1
        }
    }

    private static func isAbsolute(_ all: UnsafeRawBufferPointer, _ target: Range<Int>) -> Bool {
        target.count > 7 && all.equals(target.lowerBound..<target.lowerBound + 7, "http://")
    }

    /// Exactly one valid `Host`; an absolute target names the same, and is cut down to its path.
    static func checkHost(_ all: UnsafeRawBufferPointer, _ head: inout Head) throws(HTTPFault) {
        guard let host = head.range(of: .host) else {
            if head.isHTTP10, !isAbsolute(all, head.target) { return }
            throw HTTPFault(.malformed, "the Host field is missing")
        }
        guard !head.isRepeated(.host), isHost(all, host) else {
            throw HTTPFault(.malformed, "the Host field is not one valid host")
        }
        guard isAbsolute(all, head.target) else { return }
        let start = head.target.lowerBound + 7
        var end = start
        while end < head.target.upperBound, all[end] != UInt8(ascii: "/"), all[end] != UInt8(ascii: "?") { end += 1 }
        let isSame =
            end - start == host.count
            && !(0..<host.count).contains {
                Bytes.lowercase(all[start + $0]) != Bytes.lowercase(all[host.lowerBound + $0])
            }
        guard isSame else { throw HTTPFault(.malformed, "the target's authority is not the Host") }
        guard end < head.target.upperBound, all[end] == UInt8(ascii: "/") else {
            throw HTTPFault(.malformed, "the request target has no path")
        }
        head.target = end..<head.target.upperBound
    }

    /// `name`, `1.2.3.4` or `[::1]`, each with an optional port; no user, path or list.
    private static func isHost(_ all: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty, range.count <= 255 + 6 else { return false }
        var index = range.lowerBound
        if all[index] == UInt8(ascii: "[") {
            index += 1
            let start = index
            while index < range.upperBound,
                Bytes.hex(all[index]) != nil || all[index] == Bytes.colon
                    || all[index] == UInt8(ascii: ".")
            { index += 1 }
            guard index > start, index < range.upperBound, all[index] == UInt8(ascii: "]") else { return false }
            index += 1
        } else {
            let start = index
            while index < range.upperBound, isHostByte(all[index]) { index += 1 }
            guard index > start else { return false }
        }
        if index == range.upperBound { return true }
        guard all[index] == Bytes.colon, range.upperBound - index <= 6 else { return false }
        return !(index + 1..<range.upperBound).contains { all[$0] < 0x30 || all[$0] > 0x39 }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }
}
