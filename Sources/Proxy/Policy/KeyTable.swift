package import Domain
package import Synchronization

/// When a key was last accepted; shared by every version of the key's entry.
package final class KeyActivity: Sendable {
    /// Wall milliseconds of the last accepted request; 0 where there was none since the start.
    package let lastAccepted = Atomic<Int64>(0)
    package init() {}
}

/// A key as the path compares with it.
package final class KeyEntry: Sendable {
    package let id: KeyID
    package let client: String
    /// SHA-256 of the whole key, as four words so that comparing takes the same time wherever they differ.
    package let digest: Digest
    package let isRevoked: Bool
    /// Wall milliseconds; `.max` where it never expires.
    package let expires: Int64
    /// Models that it may use; nil for all that its client may use.
    package let models: Set<String>?
    package let activity: KeyActivity

    /// A SHA-256 digest.
    package struct Digest: Sendable, Hashable {
        package var words: (UInt64, UInt64, UInt64, UInt64)

        /// Takes 32 bytes; others give a digest that no key has.
        package init(_ bytes: some Sequence<UInt8>) {
            words = (0, 0, 0, 0)
            var index = 0
            for byte in bytes {
                let word = UInt64(byte)
                switch index / 8 {
                case 0: words.0 = words.0 << 8 | word
                case 1: words.1 = words.1 << 8 | word
                case 2: words.2 = words.2 << 8 | word
                case 3: words.3 = words.3 << 8 | word
                default: break
                }
                index += 1
            }
        }

        package func hash(into hasher: inout Hasher) {
            // The digest is uniform already: one word of it is hash enough.
            hasher.combine(words.0)
        }

        /// Compares in constant time.
        package static func == (left: Digest, right: Digest) -> Bool {
            (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
                | (left.words.3 ^ right.words.3) == 0
        }
    }

    package init(
        id: KeyID, client: String, digest: Digest, isRevoked: Bool, expires: Int64, models: Set<String>?,
        activity: KeyActivity
    ) {
        self.id = id
        self.client = client
        self.digest = digest
        self.isRevoked = isRevoked
        self.expires = expires
        self.models = models
        self.activity = activity
    }
}

/// All keys by id, in shards: a change copies one shard, so that revoking one of 100,000 keys costs microseconds.
package struct KeyTable: Sendable {
    private static let shardCount = 512
    private var shards: [[KeyID: KeyEntry]]
    package private(set) var count = 0

    package init() { shards = Array(repeating: [:], count: KeyTable.shardCount) }

    /// The entry of `id`.
    ///
    /// O(1).
    package subscript(id: KeyID) -> KeyEntry? { shards[KeyTable.shard(id)][id] }

    /// Adds or replaces an entry.
    package mutating func set(_ entry: KeyEntry) {
        if shards[KeyTable.shard(entry.id)].updateValue(entry, forKey: entry.id) == nil { count += 1 }
    }

    private static func shard(_ id: KeyID) -> Int {
        // The id's characters differ in their low bits; multiplying spreads them over all bits.
        Int(truncatingIfNeeded: (id.packed &* 0x9e37_79b9_7f4a_7c15) >> 55)
    }
}
