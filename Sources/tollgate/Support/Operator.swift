import Control
import Domain
import Glibc

/// Who sits at this program.
enum Operator {
    /// The login name of the real user and the terminal, `cli` where there is none.
    static func actor() -> Actor { Actor(user: UserName.of(getuid()), terminal: terminal() ?? "cli") }

    private static func terminal() -> String? {
        for descriptor in [Int32(0), 2, 1] {
            guard isatty(descriptor) == 1, let name = ttyname(descriptor) else { continue }
            let path = String(cString: name)
            return path.hasPrefix("/dev/") ? String(path.dropFirst(5)) : path
        }
        return nil
    }

    /// Name of this machine.
    static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "tollgate" }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name.isEmpty ? "tollgate" : name
    }

    /// The process's environment.
    static func environment() -> [String: String] {
        var values: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { values[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return values
    }

    static func workingDirectory() -> String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    /// The path of this program's file.
    static func executable() -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard length > 0 else { return nil }
        return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
