/// What one JSON object of an answer says: a whole buffered answer, or one event of a stream.
struct AnswerFacts {
    /// Which event of the Responses API it is; everything else is `other`.
    enum Kind {
        case other
        /// A piece of text, reasoning or arguments.
        case delta
        /// `response.completed`, `response.incomplete` or `response.failed`.
        case final
        case error
    }

    var kind = Kind.other
    /// The last `usage` object, or the one inside `response`.
    var figures: UsageFigures?
    /// UTF-8 bytes of answer text: contents, reasoning, refusals, arguments of calls.
    var textLength = 0
    /// UTF-8 bytes of a top-level `delta`, which counts only in an event of kind `delta`.
    var deltaLength = 0
    /// `choices` is there and has no element.
    var hasNoChoices = false
    var hasError = false
    /// Something of the answer that is no text, or whose text is not known as such: a chunk of a stream that has it is
    /// not free.
    var hasOtherContent = false
    /// How many strings of text have been counted.
    var textCount = 0
    /// Where the last of them stands, without its quotes.
    var textRange = 0..<0

    /// A chunk that was sent only because usage was asked for.
    var isUsageOnly: Bool { hasNoChoices && figures != nil && textLength == 0 }

    /// One string of text, and nothing else that a stream is judged by.
    var isPlainText: Bool {
        textCount == 1 && figures == nil && !hasError && kind == .other && deltaLength == 0 && !hasOtherContent
    }

    /// Whether the chunk carries a part of the answer.
    var hasContent: Bool { textLength > 0 || deltaLength > 0 || hasOtherContent }

    /// Text of the object that the caller receives.
    var deliveredLength: Int { kind == .delta ? textLength &+ deltaLength : textLength }

    /// Reads the object that is next; what was read before an error stays.
    mutating func read(_ json: inout JSONScanner, _ bytes: Span<UInt8>) throws(WireError) {
        guard try json.peek(bytes) == UInt8(ascii: "{") else { throw json.failure("no object") }
        try json.open(1)
        var isFirst = true
        while let key = try json.nextKey(bytes, isFirst: &isFirst) { try member(key, &json, bytes) }
        try json.end(bytes)
    }

    private mutating func member(
        _ key: JSONString, _ json: inout JSONScanner, _ bytes: Span<UInt8>
    ) throws(WireError) {
        let next = try json.peek(bytes)
        if key.equals("choices", bytes) {
            let before = json.at
            try text(&json, bytes, depth: 1)
            hasNoChoices = next == UInt8(ascii: "[") && bytes.isEmptyArray(from: before, to: json.at)
        } else if key.equals("usage", bytes), next == UInt8(ascii: "{") {
            try usage(&json, bytes, depth: 2)
        } else if key.equals("type", bytes), next == UInt8(ascii: "\"") {
            let type = try json.string(bytes)
            kind = AnswerFacts.kind(type, bytes)
            if type.equals("response.failed", bytes) { hasError = true }
        } else if key.equals("delta", bytes), next == UInt8(ascii: "\"") {
            deltaLength = try json.string(bytes).decodedCount
        } else if key.equals("response", bytes), next == UInt8(ascii: "{") {
            try response(&json, bytes)
        } else if key.equals("output", bytes) {
            try text(&json, bytes, depth: 1)
        } else if key.equals("partial_image_b64", bytes) {
            // A picture as base64, like sound, is no text.
            let start = json.at
            try json.skip(bytes, depth: 1)
            if !bytes.isEmptyValue(from: start, to: json.at) { hasOtherContent = true }
        } else if key.equals("error", bytes) {
            if next != UInt8(ascii: "n") { hasError = true }
            try json.skip(bytes, depth: 1)
        } else {
            try json.skip(bytes, depth: 1)
        }
    }

    private mutating func usage(_ json: inout JSONScanner, _ bytes: Span<UInt8>, depth: Int) throws(WireError) {
        var found = UsageFigures()
        try found.read(&json, bytes, depth: depth)
        figures = found
    }

    private mutating func response(_ json: inout JSONScanner, _ bytes: Span<UInt8>) throws(WireError) {
        try json.open(2)
        var isFirst = true
        while let key = try json.nextKey(bytes, isFirst: &isFirst) {
            if key.equals("usage", bytes), try json.peek(bytes) == UInt8(ascii: "{") {
                try usage(&json, bytes, depth: 3)
            } else {
                try json.skip(bytes, depth: 2)
            }
        }
    }

    private static func kind(_ type: JSONString, _ bytes: Span<UInt8>) -> Kind {
        if type.equals("error", bytes) { return .error }
        if type.equals("response.completed", bytes) || type.equals("response.incomplete", bytes)
            || type.equals("response.failed", bytes)
        {
            return .final
        }
        let isDelta =
            type.end &- type.start >= 15 && bytes.equals("response.", from: type.start, to: type.start &+ 9)
            && bytes.equals(".delta", from: type.end &- 6, to: type.end)
        // Sound comes as base64, which is no text.
        return isDelta && !type.equals("response.audio.delta", bytes) ? .delta : .other
    }

    /// Counts the answer text in a value: strings, lists, and the members of objects that hold text.
    private mutating func text(_ json: inout JSONScanner, _ bytes: Span<UInt8>, depth: Int) throws(WireError) {
        switch try json.peek(bytes) {
        case UInt8(ascii: "\""):
            let found = try json.string(bytes)
            textLength &+= found.decodedCount
            textCount &+= 1
            textRange = found.start..<found.end
        case UInt8(ascii: "["):
            try json.open(depth &+ 1)
            var isFirst = true
            while try json.nextElement(bytes, isFirst: &isFirst) { try text(&json, bytes, depth: depth &+ 1) }
        case UInt8(ascii: "{"): try textOfObject(&json, bytes, depth: depth &+ 1)
        default: try json.skip(bytes, depth: depth)
        }
    }

    /// - Parameter isDelta: the object is what a chunk adds to the answer: each member but the role is a part of it.
    private mutating func textOfObject(
        _ json: inout JSONScanner, _ bytes: Span<UInt8>, depth: Int, isDelta: Bool = false
    ) throws(WireError) {
        try json.open(depth)
        var isFirst = true
        var reasoning = 0
        while let key = try json.nextKey(bytes, isFirst: &isFirst) {
            let isReasoning = AnswerFacts.holdsReasoning(key, bytes)
            let before = textLength
            let next = try json.peek(bytes)
            let start = json.at
            if next == UInt8(ascii: "{"), key.equals("delta", bytes) {
                try textOfObject(&json, bytes, depth: depth &+ 1, isDelta: true)
            } else if isReasoning || AnswerFacts.holdsText(key, bytes) {
                try text(&json, bytes, depth: depth)
            } else {
                try json.skip(bytes, depth: depth)
            }
            if isDelta, textLength == before, !key.equals("role", bytes),
                !bytes.isEmptyValue(from: start, to: json.at)
            {
                hasOtherContent = true
            }
            if isReasoning {
                // Some providers send the same reasoning under several names.
                reasoning = max(reasoning, textLength &- before)
                textLength = before
            }
        }
        textLength &+= reasoning
    }

    /// Members that are text of the answer, or objects and lists that hold it.
    private static func holdsText(_ key: JSONString, _ bytes: Span<UInt8>) -> Bool {
        switch key.end &- key.start {
        case 4: key.equals("text", bytes)
        case 5: key.equals("delta", bytes) || key.equals("audio", bytes) || key.equals("input", bytes)
        case 6: key.equals("custom", bytes)
        case 7:
            key.equals("content", bytes) || key.equals("message", bytes) || key.equals("refusal", bytes)
                || key.equals("summary", bytes)
        case 8: key.equals("function", bytes)
        case 9: key.equals("arguments", bytes)
        case 10: key.equals("tool_calls", bytes) || key.equals("transcript", bytes)
        case 13: key.equals("function_call", bytes)
        default: false
        }
    }

    private static func holdsReasoning(_ key: JSONString, _ bytes: Span<UInt8>) -> Bool {
        switch key.end &- key.start {
        case 9: key.equals("reasoning", bytes)
        case 17: key.equals("reasoning_content", bytes) || key.equals("reasoning_details", bytes)
        default: false
        }
    }
}

extension Span<UInt8> {
    /// Whether the value in these bytes, which is well-formed, is null, or a string, array or object of nothing.
    fileprivate func isEmptyValue(from start: Int, to end: Int) -> Bool {
        switch self[start] {
        case UInt8(ascii: "\""): end &- start == 2
        case UInt8(ascii: "["), UInt8(ascii: "{"): isEmptyArray(from: start, to: end)
        default: self[start] == UInt8(ascii: "n")
        }
    }

    /// Whether the array in these bytes, which is well-formed, has no element.
    fileprivate func isEmptyArray(from start: Int, to end: Int) -> Bool {
        var index = start &+ 1
        while index < end, self[index] <= 0x20 { index &+= 1 }
        return index &+ 1 == end
    }
}
