import HTTP
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// NIOHTTP1's reading of the same bytes: another parser, by other people.
enum Oracle {
    /// One whole message as both readers can tell it.
    struct Message: Equatable {
        var start: String
        var fields: [SeenField]
        var body: [UInt8]
    }

    struct Reading {
        var messages: [Message] = []
        /// It stopped at what is no fault of the message: a method that it does not know, or a change of protocol.
        var hasNoOpinion = false
    }

    /// The whole messages among what our parser saw.
    static func messages(_ seen: [Seen]) -> [Message] {
        var messages: [Message] = []
        var open: Message?
        for event in seen {
            switch event {
            case .head(let head):
                let start = head.status > 0 ? "\(head.status)" : "\(head.method) \(head.target)"
                open = Message(start: start, fields: head.fields, body: [])
            case .body(let bytes):
                open?.body += bytes
            case .end:
                if let message = open { messages.append(message) }
                open = nil
            case .fault:
                open = nil
            }
        }
        return messages
    }

    static func requests(_ bytes: [UInt8]) -> Reading {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        var reading = Reading()
        do {
            try channel.pipeline.syncOperations.addHandler(
                ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
            try channel.writeInbound(ByteBuffer(bytes: bytes))
        } catch {
            reading.hasNoOpinion = error as? HTTPParserError == .invalidMethod
        }
        var open: Message?
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                // What may follow a request to change the protocol is raw to NIO, and ordinary requests to us.
                if head.headers.contains(name: "upgrade") { reading.hasNoOpinion = true }
                open = Message(
                    start: "\(head.method.rawValue) \(path(head.uri))", fields: fields(head.headers), body: [])
            case .body(let bytes):
                open?.body += Array(bytes.readableBytesView)
            case .end:
                if let message = open { reading.messages.append(message) }
                open = nil
            }
        }
        return reading
    }

    static func response(_ bytes: [UInt8]) -> Message? {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        do {
            try channel.pipeline.syncOperations.addHandlers([
                HTTPRequestEncoder(),
                ByteToMessageHandler(
                    HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop)),
            ])
            // The decoder reads answers only to requests that it has seen go out.
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["host": "a"])
            try channel.writeOutbound(HTTPClientRequestPart.head(head))
            try channel.writeOutbound(HTTPClientRequestPart.end(nil))
            _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        } catch {
            return nil
        }
        channel.pipeline.fireChannelInactive()
        var open: Message?
        while let part = try? channel.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .head(let head):
                open = Message(start: "\(head.status.code)", fields: fields(head.headers), body: [])
            case .body(let bytes): open?.body += Array(bytes.readableBytesView)
            case .end: return open
            }
        }
        return nil
    }

    private static func fields(_ headers: HTTPHeaders) -> [SeenField] {
        headers.map { SeenField(name: $0.name, value: trimmed($0.value)) }
    }

    private static func trimmed(_ text: String) -> String {
        var part = Substring(text)
        while let first = part.unicodeScalars.first, first == " " || first == "\t" { part.unicodeScalars.removeFirst() }
        while let last = part.unicodeScalars.last, last == " " || last == "\t" { part.unicodeScalars.removeLast() }
        return String(part)
    }

    /// A target as we give it on: an absolute form without its authority, which we have compared with the Host.
    private static func path(_ uri: String) -> String {
        guard uri.lowercased().hasPrefix("http://") else { return uri }
        let rest = uri.dropFirst(7)
        guard let slash = rest.firstIndex(of: "/") else { return uri }
        return String(rest[slash...])
    }
}
