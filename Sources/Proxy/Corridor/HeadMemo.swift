import Domain
import Glibc
import HTTP
import NIOCore
import Wire

/// What a connection's last good head led to, for the next request with the same head.
///
/// Clients send the same head again and again on a connection, but for the length of the body. What was proven and
/// picked from it holds as long as the bytes and the policy are the same: a key is hashed once a connection, not once a
/// request. Whatever depends on time (an end of a key, a suspension) is still judged for each request.
struct HeadMemo {
    private let bytes: ByteBuffer
    private let length: Range<Int>?
    private let epoch: UInt64
    let target: Target
    let caller: Caller
    let method: String
    let path: String
    let address: String
    let userAgent: String
    /// The fields that pass to the provider, written out; nil until the first request was sent.
    var passedFields: ByteBuffer?

    /// - Parameter head: of a request that was authenticated under the policy of `epoch`.
    /// - Returns: nil for a head that must be looked at each time: one with a request id of its own.
    init?(head: Head, epoch: UInt64, target: Target, caller: Caller, record: RequestRecord) {
        guard head.range(of: .xRequestID) == nil, !head.expectsContinue else { return nil }
        // A copy: the slice would keep the whole read buffer alive as long as the connection.
        bytes = ByteBuffer(bytes: head.bytes.readableBytesView)
        length = head.range(of: .contentLength)
        self.epoch = epoch
        self.target = target
        self.caller = caller
        method = record.method
        path = record.path
        address = record.address
        userAgent = record.userAgent
    }

    /// Whether `head` is the same but for the digits of its body's length.
    func holds(for head: Head, epoch: UInt64) -> Bool {
        guard self.epoch == epoch, head.bytes.readableBytes == bytes.readableBytes,
            head.range(of: .contentLength) == length
        else { return false }
        return head.withBytes { new in
            bytes.withUnsafeReadableBytes { old in
                guard let length else { return old.elementsEqualBytes(new, 0..<old.count) }
                return old.elementsEqualBytes(new, 0..<length.lowerBound)
                    && old.elementsEqualBytes(new, length.upperBound..<old.count)
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether `range` holds the same bytes in both; both are long enough.
    fileprivate func elementsEqualBytes(_ other: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        guard range.upperBound <= count, range.upperBound <= other.count, let left = baseAddress,
            let right = other.baseAddress
        else { return range.isEmpty }
        return memcmp(left + range.lowerBound, right + range.lowerBound, range.count) == 0
    }
}
