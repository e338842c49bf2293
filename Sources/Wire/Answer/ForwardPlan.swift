/// What to send on of a chunk that a `StreamMeter` has taken in: first `held`, then the pieces of the chunk in order.
package struct ForwardPlan: Sendable, Equatable {
    /// Bytes of earlier chunks that were held back until now.
    package internal(set) var held: [UInt8] = []
    /// Ranges of the chunk, in order, not touching each other.
    package internal(set) var pieces: [Range<Int>] = []
    /// The whole chunk goes on as it is and nothing before it: the usual case.
    package internal(set) var isUnchanged = true

    package init() {}

    /// Nothing is to be sent for now.
    package var isEmpty: Bool { !isUnchanged && held.isEmpty && pieces.isEmpty }

    mutating func begin() {
        if !held.isEmpty { held.removeAll(keepingCapacity: true) }
        if !pieces.isEmpty { pieces.removeAll(keepingCapacity: true) }
        isUnchanged = true
    }

    mutating func add(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if let last = pieces.last, last.upperBound == range.lowerBound {
            pieces[pieces.count - 1] = last.lowerBound..<range.upperBound
        } else {
            pieces.append(range)
        }
    }

    /// Settles whether a chunk of `count` bytes goes on as it is.
    mutating func end(count: Int) {
        isUnchanged = held.isEmpty && (count == 0 || (pieces.count == 1 && pieces[0] == 0..<count))
        if isUnchanged, !pieces.isEmpty { pieces.removeAll(keepingCapacity: true) }
    }
}
