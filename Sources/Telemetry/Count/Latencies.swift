/// A log-linear histogram of milliseconds that holds only the buckets in use: sixteen to an octave, so a value is
/// known within 3.2 %, exact below 32 ms, and a quiet slice costs a few bytes.
struct Latencies: Equatable {
    static let bucketCount = 432
    /// About twelve days; anything longer counts as that.
    private static let top: Int64 = 1 << 30
    private static let countBits: UInt32 = 22
    private static let countMask: UInt32 = (1 << 22) - 1

    /// Bucket in the upper ten bits, count in the lower 22 (which saturates); sorted.
    private var packed: [UInt32] = []

    var isEmpty: Bool { packed.isEmpty }

    /// The bucket of a duration; negative ones count as zero.
    static func bucket(of milliseconds: Int64) -> Int {
        let value = min(max(milliseconds, 0), top - 1)
        if value < 16 { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let shift = exponent - 4
        return 16 + shift * 16 + Int((value >> Int64(shift)) & 15)
    }

    /// The middle of a bucket in milliseconds.
    static func middle(of bucket: Int) -> Double {
        if bucket < 32 { return Double(bucket) }
        let shift = (bucket - 16) / 16
        let low = Double(16 + (bucket - 16) % 16) * Double(1 << min(shift, 30))
        return low + Double(1 << min(shift, 30)) / 2
    }

    mutating func add(milliseconds: Int64) { add(1, to: UInt32(Latencies.bucket(of: milliseconds))) }

    mutating func merge(_ other: Latencies) {
        if packed.isEmpty {
            packed = other.packed
            return
        }
        for entry in other.packed { add(entry & Latencies.countMask, to: entry >> Latencies.countBits) }
    }

    private mutating func add(_ count: UInt32, to bucket: UInt32) {
        var low = 0
        var high = packed.count
        while low < high {
            let middle = (low + high) / 2
            if packed[middle] >> Latencies.countBits < bucket { low = middle + 1 } else { high = middle }
        }
        if low < packed.count, packed[low] >> Latencies.countBits == bucket {
            let sum = min((packed[low] & Latencies.countMask) &+ count, Latencies.countMask)
            packed[low] = bucket << Latencies.countBits | sum
        } else {
            packed.insert(bucket << Latencies.countBits | min(count, Latencies.countMask), at: low)
        }
    }

    /// Adds these counts to a dense table of `bucketCount` cells.
    func pour(into table: inout LatencyTable) {
        for entry in packed {
            table.add(UInt64(entry & Latencies.countMask), bucket: Int(entry >> Latencies.countBits))
        }
    }
}

/// The sum of many `Latencies`, from which percentiles are read.
struct LatencyTable {
    private var counts = [UInt64](repeating: 0, count: Latencies.bucketCount)
    private(set) var total: UInt64 = 0

    mutating func add(_ count: UInt64, bucket: Int) {
        guard counts.indices.contains(bucket) else { return }
        counts[bucket] &+= count
        total &+= count
    }

    /// Forgets everything and keeps the memory.
    mutating func clear() {
        guard total > 0 else { return }
        for index in counts.indices { counts[index] = 0 }
        total = 0
    }

    /// The duration in milliseconds that `share` (0 to 1) of the requests did not exceed; nil where there are none.
    func percentile(_ share: Double) -> Double? {
        guard total > 0 else { return nil }
        let rank = max(1, UInt64((share * Double(total)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, count) in counts.enumerated() where count > 0 {
            seen &+= count
            if seen >= rank { return Latencies.middle(of: bucket) }
        }
        return nil
    }
}
