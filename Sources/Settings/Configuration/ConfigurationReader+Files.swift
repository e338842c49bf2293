extension ConfigurationReader {
    /// The longest path of a Unix socket in bytes (`sun_path` less its terminator).
    private static let socketPathLimit = 107

    /// `data`, `admin`, `log`; the socket and the log lie in the data folder unless the file puts them elsewhere.
    func readFiles(_ file: Section, into result: inout Configuration) {
        if let field = file["data"], let path = reader.text(field), dataOverride == nil { result.data = path }
        result.adminSocket = ConfigurationReader.path(in: result.data, "admin.sock")
        result.log.file = ConfigurationReader.path(in: result.data, "requests.jsonl")
        var socketPlace = file["data"]?.node.place ?? file.field.node.place
        if let field = file["admin"], let section = reader.section(field, keys: ["socket"]) {
            if let socket = section["socket"], let path = reader.text(socket) {
                result.adminSocket = path
                socketPlace = socket.node.place
            }
        }
        if result.adminSocket.utf8.count > ConfigurationReader.socketPathLimit {
            reader.report(
                socketPlace, "admin.socket",
                "the path of a socket has at most \(ConfigurationReader.socketPathLimit) bytes, this one "
                    + "\(result.adminSocket.utf8.count): name a shorter one")
        }
        var own = OwnFiles(configuration: reader.file, data: result.data, in: workingDirectory)
        if let fault = own.fault(result.adminSocket) { reader.report(socketPlace, "admin.socket", fault) }
        readLog(file, into: &result)
        own.add(result.adminSocket, "the admin socket")
        guard let fault = own.fault(result.log.file) else { return }
        let log = file["log"].flatMap { field -> Field? in
            guard case .map(let entries) = field.node.kind, let entry = entries.first(where: { $0.key.raw == "file" })
            else { return nil }
            return Field(node: entry.value, key: field.child("file"), keyPlace: entry.place)
        }
        if let log { return reader.report(log.node.place, log.key, fault) }
        reader.report(socketPlace, "admin.socket", "is the request log; name another file")
    }

    private func readLog(_ file: Section, into result: inout Configuration) {
        guard let field = file["log"],
            let section = reader.section(field, keys: ["file", "level", "rotate", "keep"])
        else { return }
        if let field = section["file"], let path = reader.text(field) { result.log.file = path }
        if let field = section["level"] {
            let words = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
            result.log.level = reader.value(field, "one of \(words)", LogLevel.init(rawValue:)) ?? result.log.level
        }
        if let field = section["rotate"] {
            result.log.rotateBytes = size(field, in: 10_000...1_000_000_000_000) ?? result.log.rotateBytes
        }
        if let field = section["keep"] { result.log.keep = reader.integer(field, in: 1...10_000) ?? result.log.keep }
    }

    private static func path(in folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
