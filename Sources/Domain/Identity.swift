/// The public part of a client key: eight base62 characters, shown as `tg_` and those.
package struct KeyID: Hashable, Comparable, Sendable, Codable {
    /// The eight ASCII characters, first one in the highest byte.
    package let packed: UInt64

    package init(packed: UInt64) { self.packed = packed }

    /// Reads exactly eight base62 bytes; nil otherwise.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 8 else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard Base62.isDigit(byte) else { return nil }
            value = value << 8 | UInt64(byte)
        }
        packed = value
    }

    /// Reads `7Q2fA9xk` or `tg_7Q2fA9xk`; nil otherwise.
    package init?(text: String) {
        let body = text.hasPrefix("tg_") ? text.dropFirst(3) : Substring(text)
        self.init(bytes: Array(body.utf8))
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = KeyID(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a key id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (left: KeyID, right: KeyID) -> Bool { left.packed < right.packed }

    /// The eight characters alone, as commands and JSON give them.
    package var text: String {
        var bytes: [UInt8] = []
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: packed >> UInt64(shift)))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `tg_` and the eight characters, as screens show it.
    package var shown: String { "tg_" + text }
}

/// The alphabet of keys.
package enum Base62 {
    package static let alphabet: [UInt8] = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    @inlinable
    package static func isDigit(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
    }
}

/// What a key is good for now.
package enum KeyState: String, Sendable, Codable {
    case active
    case revoked
    case expired
    /// The key is good, its client is not.
    case suspended
}

/// A client key as it is kept: everything but the secret, of which only the SHA-256 digest exists.
package struct KeyRecord: Hashable, Sendable, Codable {
    package var id: KeyID
    package var client: String
    /// SHA-256 of the whole key text, 32 bytes.
    ///
    /// Never shown, never sent over the admin socket.
    package var digest: [UInt8]
    package var created: Timestamp
    package var expires: Timestamp?
    /// Models that this key may use, nil for all that its client may use.
    package var models: [String]?
    package var note: String
    package var revoked: Timestamp?
    package var lastUsed: Timestamp?

    package init(
        id: KeyID, client: String, digest: [UInt8], created: Timestamp, expires: Timestamp? = nil,
        models: [String]? = nil, note: String = "", revoked: Timestamp? = nil, lastUsed: Timestamp? = nil
    ) {
        self.id = id
        self.client = client
        self.digest = digest
        self.created = created
        self.expires = expires
        self.models = models
        self.note = note
        self.revoked = revoked
        self.lastUsed = lastUsed
    }

    /// The state at `now`, the client's suspension left aside.
    package func state(at now: Timestamp) -> KeyState {
        if revoked != nil { return .revoked }
        if let expires, expires <= now { return .expired }
        return .active
    }
}

/// Who a client is, from the configuration or from `keys create`.
package struct ClientRecord: Hashable, Sendable, Codable {
    package var name: String
    package var tier: String
    package var owner: String
    /// The client's own limits, which replace the tier's of the same kind.
    package var limits: LimitSet
    /// Models that it may use, nil for all that its tier may use.
    package var models: [String]?
    /// When it was first known; nil for one that only the configuration names.
    package var since: Timestamp?

    package init(
        name: String, tier: String, owner: String = "", limits: LimitSet = LimitSet(), models: [String]? = nil,
        since: Timestamp? = nil
    ) {
        self.name = name
        self.tier = tier
        self.owner = owner
        self.limits = limits
        self.models = models
        self.since = since
    }
}

/// A client that is refused for a while.
package struct Suspension: Hashable, Sendable, Codable {
    package var client: String
    package var since: Timestamp
    /// When it ends by itself; nil until resumed.
    package var until: Timestamp?
    package var by: String

    package init(client: String, since: Timestamp, until: Timestamp?, by: String) {
        self.client = client
        self.since = since
        self.until = until
        self.by = by
    }
}
