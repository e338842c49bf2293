package import Domain
import Glibc
import Settings
package import Telemetry
import Terminal
import Wire

/// A view as a file.
package enum Export {
    /// What is written: the rows of the panel as they are filtered and sorted, or the screen as text.
    package static func text(
        _ request: ExportRequest, state: DashboardState, snapshot: LiveSnapshot, now: Timestamp
    ) -> String {
        let list = RowModel.rows(of: request.panel, state: state, snapshot: snapshot)
        switch request.format {
        case .csv: return csv(list)
        case .json: return json(list)
        case .txt:
            let size = Size(columns: state.columns, rows: state.rows)
            return Scene.draw(state: state, snapshot: snapshot, size: size, now: now, glyphs: .standard).text() + "\n"
        }
    }

    /// Writes a new file that only its owner can read; one that exists is left alone.
    static func write(
        _ request: ExportRequest, state: DashboardState, snapshot: LiveSnapshot, now: Timestamp
    ) -> (message: String, isDone: Bool) {
        let bytes = Array(text(request, state: state, snapshot: snapshot, now: now).utf8)
        let descriptor = open(request.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else {
            let reason = errno == EEXIST ? "it exists" : String(cString: strerror(errno))
            return ("not written to \(request.path): \(reason)", false)
        }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = String(cString: strerror(errno))
                unlink(request.path)
                return ("not written to \(request.path): \(reason)", false)
            }
            offset += count
        }
        return ("written \(request.path), \(bytes.count) bytes", true)
    }

    private static func rows(_ list: RowList) -> [[(name: String, value: ExportValue)]] {
        (0..<list.count).map { list[$0].exportFields }.filter { !$0.isEmpty }
    }

    package static func csv(_ list: RowList) -> String {
        let rows = rows(list)
        guard let head = rows.first else { return "" }
        var lines = [head.map(\.name).joined(separator: ",")]
        lines += rows.map { row in row.map { cell($0.value) }.joined(separator: ",") }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// One cell (RFC 4180).
    ///
    /// Text that a spreadsheet would run as a formula gets an apostrophe before it, and what is not visible is written
    /// as `\u{1b}`: names come from outside, and the file may be shown on a terminal.
    private static func cell(_ value: ExportValue) -> String {
        switch value {
        case .nothing: return ""
        case .integer(let number): return String(number)
        case .number(let number): return number.isFinite ? String(number) : ""
        case .text(let value):
            var text = VisibleText.escaped(value)
            if let first = text.unicodeScalars.first, "=+-@".unicodeScalars.contains(first) { text = "'" + text }
            guard text.contains(where: { $0 == "," || $0 == "\"" }) else { return text }
            var quoted = "\""
            for character in text { quoted += character == "\"" ? "\"\"" : String(character) }
            return quoted + "\""
        }
    }

    /// A row a line; what is not seen is escaped, so that the file can be shown on a terminal.
    package static func json(_ list: RowList) -> String {
        let objects = rows(list).map { row in
            var json = JSONWriter(escapesFormat: true)
            json.beginObject()
            for field in row {
                json.key(text: field.name)
                switch field.value {
                case .nothing: json.null()
                case .integer(let number): json.value(number)
                case .number(let number): json.value(number, places: 6)
                case .text(let text): json.value(text)
                }
            }
            json.endObject()
            return "  " + String(decoding: json.bytes, as: UTF8.self)
        }
        return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }
}
