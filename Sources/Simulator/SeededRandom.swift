import Glibc

/// A small generator whose numbers follow from its seed alone (SplitMix64), so that a world can be played again.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// The generator of one part of a world: other parts and numbers give unrelated ones.
    package init(seed: UInt64, stream: UInt64) {
        state = seed ^ (stream &* 0xd1b5_4a32_d192_ed03)
        _ = next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in 0..<1.
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// True with this probability.
    package mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// Waiting time to the next event of a Poisson process; `mean` in the unit of the answer.
    package mutating func exponential(mean: Double) -> Double { -log(1 - unit()) * mean }

    /// Log-normal: half of the values lie under `median`; `spread` is the standard deviation of the logarithm.
    package mutating func logNormal(median: Double, spread: Double) -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return median * exp(spread * radius * cos(2 * .pi * unit()))
    }

    /// A whole number of `range`, which is not empty.
    package mutating func integer(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of the elements, each with its weight; nil where there is none.
    package mutating func pick<Element>(_ elements: [Element], weight: (Element) -> Double) -> Element? {
        let total = elements.reduce(0) { $0 + max(0, weight($1)) }
        var left = unit() * total
        for element in elements {
            left -= max(0, weight(element))
            if left < 0 { return element }
        }
        return elements.last
    }
}
