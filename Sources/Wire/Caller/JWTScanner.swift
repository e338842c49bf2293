import Domain

/// Why a text is no JSON Web Token that may be looked at further.
///
/// The caller hears only that it is invalid.
package enum JWTError: UInt8, Error, Sendable {
    /// Not three base64url parts, or not JSON objects in them.
    case malformed
    /// Longer than any token of ours.
    case tooLarge
    /// A member comes twice: two readers could see different claims.
    case duplicateMember
    /// The header demands an extension (`crit`), and none is known here.
    case criticalHeader
    /// A claim or header that is read has the wrong type, or text that no name may have.
    case wrongType
}

/// What a JSON Web Token says.
///
/// Nothing of it is true before its signature has been verified.
package struct JWTFacts: Sendable, Equatable {
    /// `alg` of the header; empty where there is none.
    package internal(set) var algorithm = ""
    /// `kid` of the header.
    package internal(set) var keyID: String?
    /// `typ` of the header.
    package internal(set) var type: String?
    /// `sub`.
    package internal(set) var subject: String?
    /// `iss`.
    package internal(set) var issuer: String?
    /// `aud`, one or many; empty where there is none.
    package internal(set) var audience: [String] = []
    /// The claim that names the tier.
    package internal(set) var tier: String?
    /// `exp` in seconds since 1970, rounded down.
    package internal(set) var expires: Int64?
    /// `nbf` in seconds since 1970, rounded up: a token is never good before its time.
    package internal(set) var notBefore: Int64?
    /// `iat` in seconds since 1970, rounded down.
    package internal(set) var issuedAt: Int64?
    /// The bytes of the token that the signature covers: header, point, payload.
    package internal(set) var signed: Range<Int> = 0..<0
    /// The signature's bytes.
    package internal(set) var signature: [UInt8] = []
}

/// Reads the parts of a JSON Web Token (RFC 7519, compact form) strictly.
///
/// It verifies nothing.
package enum JWTScanner {
    /// The longest token that is looked at, in bytes.
    package static let maximumLength = 8192
    private static let maximumHeader = 2048
    private static let maximumText = 256
    private static let maximumAudience = 32

    /// Whether bytes have the outer form of a token: two points, and a first part that begins as an object does.
    package static func looksLikeToken(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 3, bytes.equals("ey", from: 0, to: 2) else { return false }
        return points(bytes) != nil
    }

    /// The positions of exactly two points.
    private static func points(_ bytes: Span<UInt8>) -> (first: Int, second: Int)? {
        var first: Int?
        var second: Int?
        for index in 0..<bytes.count where bytes[index] == UInt8(ascii: ".") {
            if first == nil { first = index } else if second == nil { second = index } else { return nil }
        }
        guard let first, let second else { return nil }
        return (first, second)
    }

    /// Reads a token.
    ///
    /// - Parameters:
    ///   - bytes: the token's text alone, as it stands after `Bearer `.
    ///   - tierClaim: the name of the payload's member that names the tier.
    /// - Returns: what the token says, its signature not verified.
    /// - Throws: `JWTError`: why it is none that may be looked at further; the caller is told nothing of it.
    package static func scan(_ bytes: Span<UInt8>, tierClaim: String) throws(JWTError) -> JWTFacts {
        guard bytes.count <= maximumLength else { throw .tooLarge }
        guard let (first, second) = points(bytes), second &+ 1 < bytes.count, first <= maximumHeader,
            let header = Base64URL.decode(bytes.extracting(0..<first)),
            let payload = Base64URL.decode(bytes.extracting((first &+ 1)..<second)),
            let signature = Base64URL.decode(bytes.extracting((second &+ 1)..<bytes.count))
        else { throw .malformed }
        var facts = JWTFacts()
        facts.signed = 0..<second
        facts.signature = signature
        do {
            var part = JWTPart()
            try part.header(header.span, &facts)
            part = JWTPart()
            try part.payload(payload.span, &facts, tierClaim: tierClaim)
        } catch {
            throw error.jwtError
        }
        return facts
    }

    /// One of the two JSON objects of a token.
    private struct JWTPart {
        private var json = JSONScanner(refusesDuplicates: true)

        mutating func header(_ bytes: Span<UInt8>, _ facts: inout JWTFacts) throws(WireError) {
            var names = NameSet()
            var isFirst = true
            try begin(bytes)
            while let key = try json.nextKey(bytes, isFirst: &isFirst) {
                try names.insert(key, bytes)
                if key.equals("alg", bytes) {
                    facts.algorithm = try text(bytes)
                } else if key.equals("kid", bytes) {
                    facts.keyID = try text(bytes)
                } else if key.equals("typ", bytes) {
                    facts.type = try text(bytes)
                } else if key.equals("crit", bytes) || key.equals("b64", bytes) {
                    throw WireError(.invalidRequest, "", param: "crit")
                } else {
                    try json.skip(bytes, depth: 1)
                }
            }
            try json.end(bytes)
        }

        mutating func payload(
            _ bytes: Span<UInt8>, _ facts: inout JWTFacts, tierClaim: String
        ) throws(WireError) {
            var names = NameSet()
            var isFirst = true
            try begin(bytes)
            while let key = try json.nextKey(bytes, isFirst: &isFirst) {
                try names.insert(key, bytes)
                if try standardClaim(key, bytes, &facts) { continue }
                if key.decodedCount == tierClaim.utf8.count, key.text(bytes) == tierClaim {
                    facts.tier = try text(bytes)
                } else {
                    try json.skip(bytes, depth: 1)
                }
            }
            try json.end(bytes)
        }

        /// Reads a claim of RFC 7519; false where `key` is none that is read, its value then still unread.
        private mutating func standardClaim(
            _ key: JSONString, _ bytes: Span<UInt8>, _ facts: inout JWTFacts
        ) throws(WireError) -> Bool {
            if key.equals("sub", bytes) {
                facts.subject = try text(bytes)
            } else if key.equals("iss", bytes) {
                facts.issuer = try text(bytes)
            } else if key.equals("aud", bytes) {
                facts.audience = try audience(bytes)
            } else if key.equals("exp", bytes) {
                facts.expires = try time(bytes, roundsUp: false)
            } else if key.equals("nbf", bytes) {
                facts.notBefore = try time(bytes, roundsUp: true)
            } else if key.equals("iat", bytes) {
                facts.issuedAt = try time(bytes, roundsUp: false)
            } else {
                return false
            }
            return true
        }

        private mutating func begin(_ bytes: Span<UInt8>) throws(WireError) {
            guard try json.peek(bytes) == UInt8(ascii: "{") else { throw json.failure("no object") }
            try json.open(1)
        }

        private var wrongType: WireError { WireError(.invalidRequest, "") }

        /// A string of 1 to 256 bytes without control characters: it may become a name.
        private mutating func text(_ bytes: Span<UInt8>) throws(WireError) -> String {
            guard try json.peek(bytes) == UInt8(ascii: "\"") else { throw wrongType }
            let string = try json.string(bytes)
            guard (1...JWTScanner.maximumText).contains(string.decodedCount), !string.hasLoneSurrogate else {
                throw wrongType
            }
            let text = string.text(bytes)
            for scalar in text.unicodeScalars where scalar.properties.generalCategory == .control { throw wrongType }
            return text
        }

        private mutating func audience(_ bytes: Span<UInt8>) throws(WireError) -> [String] {
            guard try json.peek(bytes) == UInt8(ascii: "[") else { return [try text(bytes)] }
            try json.open(2)
            var all: [String] = []
            var isFirst = true
            while try json.nextElement(bytes, isFirst: &isFirst) {
                guard all.count < JWTScanner.maximumAudience else { throw wrongType }
                all.append(try text(bytes))
            }
            return all
        }

        /// A NumericDate: a number of seconds that may have a fraction, without exponent.
        private mutating func time(_ bytes: Span<UInt8>, roundsUp: Bool) throws(WireError) -> Int64 {
            let byte = try json.peek(bytes)
            guard byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10 else { throw wrongType }
            switch try json.number(bytes) {
            case .whole(let seconds): return seconds
            case .other(let floor):
                guard let floor else { throw wrongType }
                return roundsUp ? floor.addingSaturated(1) : floor
            }
        }
    }
}

extension WireError {
    /// What an error of the JSON reader means for a token.
    fileprivate var jwtError: JWTError {
        switch code {
        case .duplicateKey, .ambiguousKey: .duplicateMember
        case .invalidRequest: param == nil ? .wrongType : .criticalHeader
        case .notJSON, .tooDeep: .malformed
        }
    }
}
