/// The perfect memory that a sliding window is measured against: every admission with its time.
struct WindowLog {
    private var times: [Int64] = []
    private var start = 0
    let window: Int64

    init(windowSeconds: Int64) { window = windowSeconds * 1_000_000_000 }

    /// How many lie in the window that ends at `now`, itself included.
    mutating func count(endingAt now: Int64) -> Int {
        while start < times.count, times[start] <= now - window { start += 1 }
        return times.count - start
    }

    mutating func add(_ now: Int64) { times.append(now) }

    /// The most that any trailing window held.
    var densest: Int {
        var most = 0
        var low = 0
        for high in times.indices {
            while times[low] <= times[high] - window { low += 1 }
            most = max(most, high - low + 1)
        }
        return most
    }
}

/// A small generator with a seed, so that a failing run can be repeated.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_f491_4f6c_dd1d
    }
}
