internal import Glibc

/// Bytes on their way to a terminal that may not take them now.
struct OutputQueue {
    /// How a flush went.
    enum Outcome: Hashable {
        /// Everything is written.
        case empty
        /// The terminal takes no more at present.
        case full
        /// The terminal is gone.
        case gone
    }

    private var bytes: [UInt8] = []
    private var written = 0

    /// Whether there is nothing to write.
    var isEmpty: Bool { written == bytes.count }
    /// Bytes that have not been written.
    var count: Int { bytes.count &- written }

    /// Adds bytes at the end.
    mutating func append(_ more: some Sequence<UInt8>) {
        if isEmpty { removeAll() }
        bytes.append(contentsOf: more)
    }

    /// Forgets what has not been written.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        written = 0
    }

    /// Writes as much as a non-blocking descriptor takes.
    mutating func flush(to descriptor: Int32) -> Outcome {
        while written < bytes.count {
            let done = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if done > 0 {
                written &+= done
            } else if done < 0, errno == EINTR {
                continue
            } else if done < 0, errno == EAGAIN {
                return .full
            } else {
                return .gone
            }
        }
        removeAll()
        return .empty
    }
}
