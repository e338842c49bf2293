import HTTP
import NIOCore

/// What a parser gave, in a form that can be compared; neighbouring pieces of a body are one.
enum Seen: Equatable, CustomStringConvertible {
    case head(SeenHead)
    case body([UInt8])
    case end
    case fault(HTTPFault.Code)

    var description: String {
        switch self {
        case .head(let head): "head(\(head))"
        case .body(let bytes): "body(\(String(decoding: bytes, as: UTF8.self).debugDescription))"
        case .end: "end"
        case .fault(let code): "fault(\(code))"
        }
    }
}

/// The parts of a head as text.
struct SeenHead: Equatable {
    var method = ""
    var target = ""
    var status: UInt16 = 0
    var fields: [SeenField] = []
    var framing: Framing = .none
    var keepsAlive = true
    var isHTTP10 = false
    var expectsContinue = false

    init(_ head: Head) {
        method = head.text(in: head.methodRange)
        target = head.text(in: head.target)
        status = head.status
        framing = head.framing
        keepsAlive = head.keepsAlive
        isHTTP10 = head.isHTTP10
        expectsContinue = head.expectsContinue
        fields = head.fields.map {
            SeenField(name: head.text(in: $0.nameRange), value: head.text(in: $0.valueRange))
        }
    }
}

struct SeenField: Equatable {
    var name: String
    var value: String
}

/// Gives bytes to a parser as a connection would, in pieces.
enum Reading {
    /// What `RequestParser` sees in `pieces`, one read each.
    static func requests(_ pieces: [ArraySlice<UInt8>], limits: MessageLimits = MessageLimits()) -> [Seen] {
        var parser = RequestParser(limits: limits)
        var input = ByteBuffer()
        var seen: [Seen] = []
        for piece in pieces {
            input.writeBytes(piece)
            do throws(HTTPFault) {
                reading: while true {
                    switch try parser.next(&input) {
                    case .head: seen.append(.head(SeenHead(parser.head)))
                    case .body(let bytes): append(bytes, to: &seen)
                    case .end: seen.append(.end)
                    case .needsMore: break reading
                    }
                }
            } catch {
                return seen + [.fault(error.code)]
            }
        }
        return seen
    }

    /// What `ResponseParser` sees in `pieces` as the answers to `count` requests.
    static func responses(
        _ pieces: [ArraySlice<UInt8>], count: Int = 1, isHead: Bool = false, limits: MessageLimits = .provider
    ) -> [Seen] {
        var parser = ResponseParser(limits: limits)
        var input = ByteBuffer()
        var seen: [Seen] = []
        var left = count - 1
        parser.expect(isHead: isHead)
        for piece in pieces {
            input.writeBytes(piece)
            do throws(HTTPFault) {
                reading: while true {
                    switch try parser.next(&input) {
                    case .head: seen.append(.head(SeenHead(parser.head)))
                    case .body(let bytes): append(bytes, to: &seen)
                    case .end:
                        seen.append(.end)
                        if left > 0 {
                            left -= 1
                            parser.expect(isHead: isHead)
                        }
                    case .needsMore: break reading
                    }
                }
            } catch {
                return seen + [.fault(error.code)]
            }
        }
        if parser.connectionEnded() { seen.append(.end) }
        return seen
    }

    private static func append(_ bytes: ByteBuffer, to seen: inout [Seen]) {
        if case .body(let before) = seen.last {
            seen[seen.count - 1] = .body(before + Array(bytes.readableBytesView))
        } else {
            seen.append(.body(Array(bytes.readableBytesView)))
        }
    }

    /// `text` in one piece.
    static func whole(_ text: String) -> [ArraySlice<UInt8>] { [ArraySlice(text.utf8)] }

    /// `bytes` cut once at each place in turn, and byte by byte.
    static func splits(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
        var all = (1..<max(2, bytes.count)).map { [bytes[..<min($0, bytes.count)], bytes[min($0, bytes.count)...]] }
        all.append(bytes.indices.map { bytes[$0...$0] })
        return all
    }
}

/// Numbers that follow from a seed, so that a failing case can be run again.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }
}
