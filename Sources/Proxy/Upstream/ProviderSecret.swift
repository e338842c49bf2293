import HTTP
import NIOCore

/// A provider's key, to be taken out of what that provider sends: it goes to its own origin and nowhere else.
///
/// Every piece of every answer is searched, so the search leaps (Horspool): of a piece that does not hold the key only
/// every n-th byte is looked at, n being the key's length.
struct ProviderSecret: Sendable {
    /// Shorter ones are words that stand in any answer, and are not searched for.
    private static let shortest = 8
    private static let mark = Array("[redacted]".utf8)

    private let bytes: [UInt8]
    /// For each byte, how far the search goes on where that byte stands at the key's last place.
    private let leaps: [UInt8]

    /// - Parameter text: the key; empty where the provider needs none.
    init(_ text: String) {
        bytes = text.utf8.count < ProviderSecret.shortest ? [] : Array(text.utf8)
        var leaps = [UInt8](repeating: UInt8(clamping: bytes.count), count: 256)
        for (index, byte) in bytes.dropLast().enumerated() {
            leaps[Int(byte)] = UInt8(clamping: bytes.count - 1 - index)
        }
        self.leaps = leaps
    }

    /// Where the key begins in `content` from `start` on; nil where it does not.
    func find(in content: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
        let last = bytes.count - 1
        guard last > 0, start >= 0 else { return nil }
        var index = start
        while index + last < content.count {
            let byte = content[index + last]
            if byte == bytes[last], (0..<last).allSatisfy({ content[index + $0] == bytes[$0] }) { return index }
            index += Int(leaps[Int(byte)])
        }
        return nil
    }

    /// Bytes at the end of `content` with which the key may begin, the rest of it still to come; nearly always 0.
    func openEnd(of content: ByteBuffer) -> Int {
        content.withUnsafeReadableBytes { all in
            // Most pieces end in a byte that the key does not have: that is one look.
            guard bytes.count > 1, let last = all.last, bytes.count > 255 || leaps[Int(last)] < bytes.count else {
                return 0
            }
            for length in stride(from: min(bytes.count - 1, all.count), to: 0, by: -1) {
                let start = all.count - length
                if all[start] == bytes[0], (1..<length).allSatisfy({ all[start + $0] == bytes[$0] }) { return length }
            }
            return 0
        }
    }

    /// Whether the key stands anywhere in `head`.
    func isIn(_ head: Head) -> Bool { head.withBytes { find(in: $0) != nil } }

    /// `content` with each occurrence of the key replaced.
    func redacted(_ content: ByteBuffer) -> ByteBuffer {
        content.withUnsafeReadableBytes { all in
            guard var next = find(in: all) else { return content }
            var cleaned = ByteBufferAllocator().buffer(capacity: all.count)
            var start = 0
            while true {
                cleaned.writeBytes(UnsafeRawBufferPointer(rebasing: all[start..<next]))
                cleaned.writeBytes(ProviderSecret.mark)
                start = next + bytes.count
                guard let another = find(in: all, from: start) else { break }
                next = another
            }
            cleaned.writeBytes(UnsafeRawBufferPointer(rebasing: all[start...]))
            return cleaned
        }
    }

    /// `content` with each occurrence of the key starred out, for an answer whose length has been told.
    func masked(_ content: ByteBuffer) -> ByteBuffer {
        guard var next = content.withUnsafeReadableBytes({ find(in: $0) }) else { return content }
        var masked = content
        while true {
            masked.setRepeatingByte(UInt8(ascii: "*"), count: bytes.count, at: masked.readerIndex + next)
            let start = next + bytes.count
            guard let another = content.withUnsafeReadableBytes({ find(in: $0, from: start) }) else { return masked }
            next = another
        }
    }
}
