/// How large a message may be; everything beyond is a fault, never an allocation.
package struct MessageLimits: Sendable {
    /// Bytes of the whole head, start line and fields.
    package var head: Int
    /// Bytes of the request target.
    package var target: Int
    package var fields: Int
    /// Bytes of the body.
    package var body: Int
    /// Bytes of all chunk-size lines' extensions and of trailers of one body.
    package var chunkExtras: Int

    package init(
        head: Int = 32 * 1024, target: Int = 16 * 1024, fields: Int = 100, body: Int = 32 * 1024 * 1024,
        chunkExtras: Int = 16 * 1024
    ) {
        self.head = head
        self.target = target
        self.fields = fields
        self.body = body
        self.chunkExtras = chunkExtras
    }

    /// For providers: heads up to 64 KB, bodies without an end of their own.
    package static let provider = MessageLimits(head: 64 * 1024, target: 0, fields: 200, body: .max)
}
