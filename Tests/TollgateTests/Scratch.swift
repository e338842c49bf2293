import Domain
import Glibc

@testable import tollgate

/// A private folder that goes away with the test.
final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/tollgate-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(.io, "no temporary folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in Scratch.names(in: path) {
            if unlink("\(path)/\(name)") == 0 { continue }
            for inner in Scratch.names(in: "\(path)/\(name)") { unlink("\(path)/\(name)/\(inner)") }
            rmdir("\(path)/\(name)")
        }
        rmdir(path)
    }

    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    func write(_ name: String, _ text: String) throws { try SmallFile.create("\(path)/\(name)", Array(text.utf8)) }
}

/// A stopped gateway's folder with a small configuration.
struct Desk {
    static let yaml = """
        upstreams: { here: { url: "http://127.0.0.1:9" } }
        models:
          small: { via: [here], input: 1.00, output: 2.00 }
          large: { via: [here], input: 10.00, output: 20.00 }
        default_tier: free
        tiers:
          free: { requests: 60/1m, concurrent: 4 }
          pro: { requests: 600/1m, budget: 5.00/day }
        clients:
          acme: { tier: pro, owner: someone, requests: 100/1m }

        """

    let scratch: Scratch
    let options: CommonOptions

    init() throws {
        scratch = try Scratch()
        try scratch.write("tollgate.yaml", Desk.yaml)
        options = CommonOptions.of(data: scratch.path)
    }

    func submit(_ command: Command) throws -> Outcome {
        try Backend.with(options, for: .creating) { try $0.submit(command) }
    }

    func read<Value>(_ body: (Backend) throws -> Value) throws -> Value {
        try Backend.with(options, for: .reading, body)
    }
}

extension CommonOptions {
    /// Options as if they had been parsed.
    static func of(config: String? = nil, data: String? = nil) -> CommonOptions {
        var options = CommonOptions()
        options.config = config
        options.data = data
        return options
    }
}
