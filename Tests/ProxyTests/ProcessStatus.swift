import Glibc

/// What the system says of this process.
enum ProcessStatus {
    static func kilobytes(_ name: String) -> Int64 {
        let descriptor = open("/proc/self/status", O_RDONLY)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let size = read(descriptor, &bytes, bytes.count)
        for line in String(decoding: bytes.prefix(max(size, 0)), as: UTF8.self).split(separator: "\n")
        where line.hasPrefix(name) {
            return Int64(line.filter { $0 >= "0" && $0 <= "9" }) ?? 0
        }
        return 0
    }
}
