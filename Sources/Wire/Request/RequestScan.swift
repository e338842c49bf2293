import Domain

/// One pass over a request body.
struct RequestScan {
    /// The longest model name that is looked at, in bytes.
    static let maximumModelLength = 256

    private var json = JSONScanner(refusesDuplicates: true)
    private var facts = RequestFacts()

    mutating func read(_ bytes: Span<UInt8>) throws(WireError) -> RequestFacts {
        guard try json.peek(bytes) == UInt8(ascii: "{") else {
            throw WireError(.notJSON, "The body must be a JSON object.")
        }
        try json.open(1)
        facts.usagePoint = .absent(afterBrace: json.at, isEmpty: try json.peek(bytes) == UInt8(ascii: "}"))
        var names = NameSet()
        var isFirst = true
        while let key = try json.nextKey(bytes, isFirst: &isFirst) {
            try names.insert(key, bytes)
            if let name = try RequestName.of(key, bytes) {
                try member(name, bytes)
            } else {
                try json.skip(bytes, depth: 1)
            }
        }
        try json.end(bytes)
        return facts
    }

    private mutating func member(_ name: RequestName, _ bytes: Span<UInt8>) throws(WireError) {
        switch name {
        case .model: try model(bytes)
        case .stream: facts.isStream = try boolean("stream", bytes) ?? false
        case .streamOptions: try streamOptions(bytes)
        case .messages: facts.messageCount = try messages(bytes)
        case .input: facts.messageCount = max(facts.messageCount, try messages(bytes))
        case .prompt, .instructions, .system: try text(bytes, depth: 1)
        case .maxTokens, .maxCompletionTokens, .maxOutputTokens:
            guard let value = try count(name.text, bytes) else { return }
            facts.maximumTokens = min(value, facts.maximumTokens ?? .max)
        case .n: facts.choiceCount = try count("n", bytes) ?? 1
        }
    }

    private func mistake(_ name: StaticString, _ what: String) -> WireError {
        WireError(.invalidRequest, "`\(name)` must be \(what).", param: "\(name)")
    }

    private mutating func model(_ bytes: Span<UInt8>) throws(WireError) {
        guard try json.peek(bytes) == UInt8(ascii: "\"") else { throw mistake("model", "a string") }
        let name = try json.string(bytes)
        if name.hasLoneSurrogate { throw json.failure("half a surrogate pair in the model") }
        guard name.decodedCount > 0, name.decodedCount <= RequestScan.maximumModelLength else {
            throw mistake("model", "the name of a model, at most \(RequestScan.maximumModelLength) bytes")
        }
        facts.model = name.text(bytes)
        facts.modelRange = name.start..<name.end
    }

    /// A boolean, or nil for null.
    private mutating func boolean(_ name: StaticString, _ bytes: Span<UInt8>) throws(WireError) -> Bool? {
        switch try json.peek(bytes) {
        case UInt8(ascii: "t"):
            try json.literal("true", bytes)
            return true
        case UInt8(ascii: "f"):
            try json.literal("false", bytes)
            return false
        case UInt8(ascii: "n"):
            try json.literal("null", bytes)
            return nil
        default: throw mistake(name, "true or false")
        }
    }

    /// A whole number that is not negative, or nil for null.
    private mutating func count(_ name: StaticString, _ bytes: Span<UInt8>) throws(WireError) -> Int64? {
        switch try json.peek(bytes) {
        case UInt8(ascii: "n"):
            try json.literal("null", bytes)
            return nil
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard case .whole(let value) = try json.number(bytes), value >= 0 else {
                throw mistake(name, "a whole number that is not negative")
            }
            return value
        default: throw mistake(name, "a whole number that is not negative")
        }
    }

    private mutating func streamOptions(_ bytes: Span<UInt8>) throws(WireError) {
        switch try json.peek(bytes) {
        case UInt8(ascii: "n"):
            let start = json.at
            try json.literal("null", bytes)
            facts.usagePoint = .null(start..<json.at)
            return
        case UInt8(ascii: "{"): break
        default: throw mistake("stream_options", "an object")
        }
        try json.open(2)
        facts.usagePoint = .within(afterBrace: json.at, isEmpty: try json.peek(bytes) == UInt8(ascii: "}"))
        var names = NameSet()
        var isFirst = true
        while let key = try json.nextKey(bytes, isFirst: &isFirst) {
            try names.insert(key, bytes)
            guard try RequestName.isIncludeUsage(key, bytes) else {
                try json.skip(bytes, depth: 2)
                continue
            }
            _ = try json.peek(bytes)
            let start = json.at
            facts.includesUsage = try boolean("stream_options.include_usage", bytes)
            facts.usagePoint = .value(start..<json.at)
        }
    }
}

extension RequestScan {
    /// Reads `messages` or `input` and counts its text; returns how many of its elements are objects.
    private mutating func messages(_ bytes: Span<UInt8>) throws(WireError) -> Int {
        guard try json.peek(bytes) == UInt8(ascii: "[") else {
            try text(bytes, depth: 1)
            return 0
        }
        try json.open(2)
        var count = 0
        var isFirst = true
        while try json.nextElement(bytes, isFirst: &isFirst) {
            if try json.peek(bytes) == UInt8(ascii: "{") { count &+= 1 }
            try text(bytes, depth: 2)
        }
        return count
    }

    /// Reads a value that holds prompt text: a string, a token number, a message or part with `content` or `text`,
    /// or a list of those; counts the text and skips the rest.
    private mutating func text(_ bytes: Span<UInt8>, depth: Int) throws(WireError) {
        switch try json.peek(bytes) {
        case UInt8(ascii: "\""): facts.promptLength &+= try json.string(bytes).decodedCount
        case UInt8(ascii: "["):
            try json.open(depth &+ 1)
            var isFirst = true
            while try json.nextElement(bytes, isFirst: &isFirst) { try text(bytes, depth: depth &+ 1) }
        case UInt8(ascii: "{"):
            try json.open(depth &+ 1)
            var names = NameSet()
            var isFirst = true
            while let key = try json.nextKey(bytes, isFirst: &isFirst) {
                try names.insert(key, bytes)
                if key.equals("content", bytes) || key.equals("text", bytes) {
                    try text(bytes, depth: depth &+ 1)
                } else {
                    try json.skip(bytes, depth: depth &+ 1)
                }
            }
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            _ = try json.number(bytes)
            facts.promptTokenCount &+= 1
        default: try json.skip(bytes, depth: depth)
        }
    }
}
