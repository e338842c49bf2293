enum OpenAPI { static let json: [UInt8] = Array("{}".utf8) }
enum DocsPage { static let html: [UInt8] = Array("<html></html>".utf8) }
