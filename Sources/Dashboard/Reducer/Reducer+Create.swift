import Terminal
import Domain
import Telemetry

extension Reducer {
    mutating func press(_ key: Key, _ meaning: CommandName?, in dialog: CreateDialog) {
        var dialog = dialog
        dialog.fault = nil
        switch meaning {
        case .confirm: return create(dialog)
        case .cancel: return close()
        case .select:
            let step = key == .up || key == .backTab ? dialog.fields.count - 1 : 1
            dialog.selected = (dialog.selected + step) % max(dialog.fields.count, 1)
        case .clear: if dialog.fields.indices.contains(dialog.selected) { dialog.fields[dialog.selected].text = "" }
        default:
            switch key {
            case .backspace, .delete:
                if dialog.fields.indices.contains(dialog.selected) { _ = dialog.fields[dialog.selected].text.popLast() }
            case .character(let character): dialog.type(String(character))
            default: return
            }
        }
        state.dialog = .create(dialog)
    }

    private mutating func create(_ dialog: CreateDialog) {
        var dialog = dialog
        switch dialog.command {
        case .success(let command):
            close()
            submit(command)
        case .failure(let fault):
            dialog.fault = fault.reason
            dialog.selected = fault.offset
            state.dialog = .create(dialog)
            emit(.bell)
        }
    }
}

extension CreateDialog {
    /// Adds text to the field that has the keys; control characters become spaces.
    mutating func type(_ text: String) {
        guard fields.indices.contains(selected) else { return }
        let room = max(120 - fields[selected].text.count, 0)
        fields[selected].text += String(LineText.plain(text).prefix(room))
    }

    private func text(_ name: String) -> String {
        LineText.trimmed(fields.first { $0.name == name }?.text ?? "")
    }

    /// The act that the fields say; a fault's offset is the field that is wrong.
    var command: Result<Command, FilterFault> {
        let name = text("client")
        if name.isEmpty { return .failure(FilterFault(offset: 0, reason: "a client is missing")) }
        var seconds: Int64?
        let expires = text("expires")
        if !expires.isEmpty, expires != "never" {
            guard let value = DurationText.seconds(expires), value > 0 else {
                return .failure(FilterFault(offset: 1, reason: "`\(expires)` is no duration: 30d, 12h, or empty"))
            }
            seconds = value
        }
        let models = text("models").split(separator: ",").map { LineText.trimmed(String($0)) }.filter { !$0.isEmpty }
        return .success(
            .createKey(
                client: name, tier: nil, expiresInSeconds: seconds, models: models.isEmpty ? nil : models,
                note: text("note")))
    }
}

/// Lines of text from the keyboard or the clipboard.
enum LineText {
    /// Control characters, line ends among them, become spaces.
    static func plain(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            let isLineEnd = scalar.value == 0x2028 || scalar.value == 0x2029
            scalars.append(isControl || isLineEnd ? " " : scalar)
        }
        return String(scalars)
    }

    static func trimmed(_ text: String) -> String {
        var part = Substring(text)
        while part.first == " " { part.removeFirst() }
        while part.last == " " { part.removeLast() }
        return String(part)
    }
}
