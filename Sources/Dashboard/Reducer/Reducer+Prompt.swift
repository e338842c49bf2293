import Terminal
import Domain
import Telemetry

extension Reducer {
    mutating func openPalette(_ text: String = "") {
        state.prompt = Prompt(purpose: .palette, text: text)
        state.historyIndex = nil
        complete()
    }

    /// A key while a line is typed.
    mutating func pressInPrompt(_ key: Key) {
        guard var prompt = state.prompt else { return }
        switch CommandRegistry.entry(for: key, in: .prompt)?.name {
        case .confirm: return takeLine()
        case .cancel: return cancelPrompt()
        case .choose: return completeWord()
        case .clear: prompt.clear()
        case .select:
            guard prompt.purpose == .palette else { return }
            return recall(key == .up ? -1 : 1)
        default: if !prompt.edit(key) { return }
        }
        state.prompt = prompt
        promptChanged()
    }

    mutating func paste(_ text: String) {
        // A paste is never an answer; it only fills a field that takes words.
        if case .create(var dialog) = state.dialog, !Dialog.create(dialog).isDeaf(at: now) {
            dialog.type(text)
            state.dialog = .create(dialog)
        } else if state.dialog == nil, state.prompt != nil {
            state.prompt?.insert(text)
            promptChanged()
        } else {
            say("pasted text is not taken as keys", .warning)
        }
    }

    /// What was typed takes effect at once: the filter on the rows, the search on the help.
    private mutating func promptChanged() {
        guard var prompt = state.prompt else { return }
        prompt.fault = nil
        switch prompt.purpose {
        case .filter: prompt.fault = filterLive(prompt)
        case .helpSearch:
            state.helpFilter = prompt.text
            state.helpTop = 0
        case .palette, .export: break
        }
        state.prompt = prompt
        complete()
    }

    /// Applies the filter as far as it is typed; where it is wrong, the one from before the prompt is in force.
    ///
    /// The name of a field, or the start of one, is not looked for as a word while its comparison may still follow.
    mutating func filterLive(_ prompt: Prompt) -> Prompt.Fault? {
        do throws(FilterFault) {
            let whole = try FilterParser.parse(prompt.text)
            let started = prompt.caret == prompt.text.count ? FilterParser.withoutStartedField(prompt.text) : nil
            guard let started else {
                setFilter(whole, text: prompt.text)
                return nil
            }
            // What is left may be half a filter, `not`: then what is in force stays.
            if let filter = try? FilterParser.parse(started) { setFilter(filter, text: started) }
            return nil
        } catch {
            setFilter((try? FilterParser.parse(prompt.original)) ?? Filter(), text: prompt.original)
            return Prompt.Fault(offset: error.offset, reason: error.reason)
        }
    }

    private mutating func takeLine() {
        guard var prompt = state.prompt else { return }
        switch prompt.purpose {
        case .filter:
            if prompt.fault != nil { return emit(.bell) }
            state.prompt = nil
            if let filter = try? FilterParser.parse(prompt.text) { setFilter(filter, text: prompt.text) }
        case .helpSearch: state.prompt = nil
        case .palette: takePaletteLine(prompt)
        case .export:
            switch ExportRequest.read(prompt.text, panel: panel) {
            case .success(let request):
                state.prompt = nil
                emit(.write(request))
            case .failure(let fault):
                prompt.fault = Prompt.Fault(offset: fault.offset, reason: fault.reason)
                state.prompt = prompt
                emit(.bell)
            }
        }
    }

    private mutating func cancelPrompt() {
        guard let prompt = state.prompt else { return }
        state.prompt = nil
        switch prompt.purpose {
        case .filter:
            setFilter((try? FilterParser.parse(prompt.original)) ?? Filter(), text: prompt.original)
        case .helpSearch: state.helpFilter = prompt.original
        case .palette, .export: break
        }
    }

    /// Earlier and later lines of the palette.
    private mutating func recall(_ step: Int) {
        guard !state.history.isEmpty, var prompt = state.prompt else { return }
        let index = (state.historyIndex ?? state.history.count) + step
        guard index >= 0 else { return }
        if index < state.history.count {
            state.historyIndex = index
            prompt.replace(with: state.history[index])
        } else {
            state.historyIndex = nil
            prompt.clear()
        }
        prompt.fault = nil
        state.prompt = prompt
        complete()
    }

    // MARK: help

    mutating func pressInHelp(_ key: Key) {
        let count = CommandRegistry.help(for: state).count
        let page = max(state.rows - 6, 1)
        let last = max(count - page, 0)
        switch CommandRegistry.entry(for: key, in: .help)?.name {
        case .down:
            let isPage = key == .pageDown || key == .character(" ") || key == .control("d")
            state.helpTop = min(state.helpTop + (isPage ? page : 1), last)
        case .up:
            let isPage = key == .pageUp || key == .control("u")
            state.helpTop = max(state.helpTop - (isPage ? page : 1), 0)
        case .first: state.helpTop = 0
        case .last: state.helpTop = last
        case .filter: state.prompt = Prompt(purpose: .helpSearch, text: state.helpFilter)
        case .back:
            // One step back at a time: first the search, then the page.
            if key == .escape, !state.helpFilter.isEmpty {
                state.helpFilter = ""
            } else {
                state.isHelpShown = false
                state.helpFilter = ""
            }
        default: break
        }
    }
}

extension Prompt {
    static let longest = 500

    /// Applies an editing key; false where it is none.
    mutating func edit(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert(String(character))
        case .backspace: erase(from: caret - 1)
        case .delete: erase(from: caret)
        case .left: caret = max(caret - 1, 0)
        case .right: caret = min(caret + 1, text.count)
        case .home, .control("a"): caret = 0
        case .end, .control("e"): caret = text.count
        case .control("w"): eraseWord()
        case .control("k"): replace(with: String(text.prefix(caret)))
        default: return false
        }
        return true
    }

    /// Inserts text at the caret; what does not fit is left out.
    mutating func insert(_ added: String) {
        let added = LineText.plain(added)
        var characters = Array(text)
        caret = min(max(caret, 0), characters.count)
        characters.insert(contentsOf: Array(added), at: caret)
        let joined = String(characters)
        guard joined.utf8.count <= Prompt.longest else { return }
        // A mark typed after a letter joins it: the caret counts what the text has become.
        let before = characters.count - caret - added.count
        text = joined
        caret = max(joined.count - before, 0)
    }

    mutating func clear() { replace(with: "") }

    mutating func replace(with text: String) {
        self.text = text
        caret = text.count
    }

    private mutating func erase(from index: Int) {
        var characters = Array(text)
        guard characters.indices.contains(index) else { return }
        characters.remove(at: index)
        text = String(characters)
        caret = min(max(index, 0), text.count)
    }

    private mutating func eraseWord() {
        var characters = Array(text)
        var index = min(max(caret, 0), characters.count)
        while index > 0, characters[index - 1] == " " {
            characters.remove(at: index - 1)
            index -= 1
        }
        while index > 0, characters[index - 1] != " " {
            characters.remove(at: index - 1)
            index -= 1
        }
        text = String(characters)
        caret = min(index, text.count)
    }
}

extension ExportRequest {
    /// The request that a file name says: its ending is the format.
    static func read(_ text: String, panel: PanelName) -> Result<ExportRequest, FilterFault> {
        let path = LineText.trimmed(text)
        if path.isEmpty { return .failure(FilterFault(offset: 0, reason: "a file name is missing")) }
        let ending = path.split(separator: ".").last.map { String($0).lowercased() } ?? ""
        guard path.contains("."), let format = Format(rawValue: ending) else {
            return .failure(FilterFault(offset: path.count, reason: "the name ends in .json, .csv or .txt"))
        }
        return .success(ExportRequest(path: path, format: format, panel: panel))
    }
}
