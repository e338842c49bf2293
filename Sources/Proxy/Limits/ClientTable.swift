import Synchronization

/// The counters of every scope by its name, apart from `Policy` so that a change of limits keeps what was used.
///
/// Striped by name and bounded: scopes that nobody holds and in which nothing is counted, open or spent are forgotten
/// when a stripe is full, so that token subjects from outside cannot grow it without end. A scope that a policy holds
/// stays: a second set of counters for the same name would count from zero.
package final class ClientTable: Sendable {
    private struct Stripe {
        var counters: [String: ScopeCounters] = [:]
        /// The tier that a token last claimed for a scope's client.
        var tiers: [String: String] = [:]
        /// Size at which idle entries are looked for again; grows where nothing could be forgotten.
        var sweepAt: Int
    }

    /// A stripe of the table; a class because a `Mutex` cannot live in an array.
    private final class LockedStripe: Sendable {
        let stripe: Mutex<Stripe>
        init(sweepAt: Int) { stripe = Mutex(Stripe(sweepAt: sweepAt)) }
    }

    private let stripes: [LockedStripe]
    private let sweepAt: Int

    /// - Parameter capacity: how many idle scopes are kept before they are looked through.
    package init(capacity: Int = 65_536) {
        sweepAt = max(16, capacity / 16)
        let sweepAt = sweepAt
        stripes = (0..<16).map { _ in LockedStripe(sweepAt: sweepAt) }
    }

    /// The counters of `name`, made where there are none.
    ///
    /// O(1), a hash and a lock.
    package func counters(for name: String, now: Int64) -> ScopeCounters {
        stripe(name).stripe.withLock { stripe in
            if let known = stripe.counters[name] { return known }
            if stripe.counters.count >= stripe.sweepAt {
                ClientTable.sweep(&stripe.counters, now: now)
                let counters = stripe.counters
                stripe.tiers = stripe.tiers.filter { counters[$0.key] != nil }
                stripe.sweepAt = max(sweepAt, stripe.counters.count * 2)
            }
            let made = ScopeCounters()
            stripe.counters[name] = made
            return made
        }
    }

    /// Forgets the idle scopes.
    ///
    /// The table is locked: what it alone refers to nobody can take up meanwhile.
    private static func sweep(_ counters: inout [String: ScopeCounters], now: Int64) {
        var idle: [String] = []
        // An array: `indices` itself would hold the table a second time, and everything in it.
        for index in Array(counters.indices) where isKnownUniquelyReferenced(&counters.values[index]) {
            if counters.values[index].isIdle(at: now) { idle.append(counters.keys[index]) }
        }
        for name in idle { counters[name] = nil }
    }

    /// Keeps the tier that a verified token claims for the client of a scope that is kept; called where the client of a
    /// token is made anew, not for each request.
    package func remember(tier: String, of name: String) {
        stripe(name).stripe.withLock { if $0.counters[name] != nil { $0.tiers[name] = tier } }
    }

    /// The tier that a token last claimed for the client of a scope; nil where none did.
    package func tier(of name: String) -> String? { stripe(name).stripe.withLock { $0.tiers[name] } }

    /// The scopes of clients that tokens named.
    package var subjects: [String] { stripes.flatMap { $0.stripe.withLock { Array($0.tiers.keys) } } }

    /// Whether counters of `name` are kept.
    package func contains(_ name: String) -> Bool { stripe(name).stripe.withLock { $0.counters[name] != nil } }

    private func stripe(_ name: String) -> LockedStripe {
        stripes[Int(truncatingIfNeeded: UInt(bitPattern: name.hashValue) % 16)]
    }

    /// How many scopes are kept.
    package var count: Int { stripes.reduce(0) { $0 + $1.stripe.withLock { $0.counters.count } } }
}
