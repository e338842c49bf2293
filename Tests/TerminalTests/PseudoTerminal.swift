import CLinux
import Glibc

@testable import Terminal

/// The far side of a terminal: what a terminal emulator holds.
final class PseudoTerminal {
    let slave: Int32
    private(set) var master: Int32

    init(columns: Int, rows: Int) throws {
        var near: Int32 = -1
        var far: Int32 = -1
        guard tg_pty_open(&near, &far, Int32(rows), Int32(columns)) == 0 else {
            throw TerminalError(.system, "no pseudo-terminal")
        }
        master = near
        slave = far
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    deinit {
        hangUp()
        close(slave)
    }

    /// Types bytes.
    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    func resize(columns: Int, rows: Int) {
        _ = tg_pty_resize(master, Int32(rows), Int32(columns))
    }

    /// Closes the window.
    func hangUp() {
        if master >= 0 { close(master) }
        master = -1
    }

    /// Everything that has been written to the terminal and not been read.
    func drain() -> String {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(master, &buffer, buffer.count)
            guard count > 0 else { break }
            result += buffer[..<count]
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// A folder of its own that is removed when it is let go.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/tollgate-terminal-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TerminalError(.system, "no folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in ["output", "output.1", "link"] { unlink(path + "/" + name) }
        rmdir(path)
    }
}
