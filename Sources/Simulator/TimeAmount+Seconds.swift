import NIOCore

extension TimeAmount {
    /// Fractional seconds, held between nothing and an hour: a wild draw must not stall a world.
    init(seconds: Double) {
        guard seconds.isFinite, seconds > 0 else {
            self = .zero
            return
        }
        self = .nanoseconds(Int64(min(seconds, 3600) * 1e9))
    }

    /// As fractional seconds.
    var seconds: Double { Double(nanoseconds) / 1e9 }
}
