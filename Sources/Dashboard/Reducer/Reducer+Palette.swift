import Terminal
import Domain
import Settings
import Telemetry

extension Reducer {
    /// Works out what the line can become.
    mutating func complete() {
        guard let prompt = state.prompt else { return }
        switch prompt.purpose {
        case .palette:
            let lines = PaletteCompletion.lines(for: prompt.text, state: state, snapshot: picture)
            state.prompt?.completions = lines
        case .filter: state.prompt?.completions = PaletteCompletion.filters(for: prompt.text)
        case .helpSearch, .export: break
        }
    }

    /// `Tab`: as far as all completions agree, else the first of them.
    mutating func completeWord() {
        guard var prompt = state.prompt, let first = prompt.completions.first else { return }
        let shared = PaletteCompletion.shared(prompt.completions)
        prompt.replace(with: shared.count > prompt.text.count && shared.hasPrefix(prompt.text) ? shared : first)
        prompt.fault = nil
        state.prompt = prompt
        // The filter as completed takes effect as the typed one does.
        if prompt.purpose == .filter {
            prompt.fault = filterLive(prompt)
            state.prompt = prompt
        }
        complete()
    }

    /// `Enter` in the palette.
    mutating func takePaletteLine(_ prompt: Prompt) {
        let text = LineText.trimmed(prompt.text)
        if text.isEmpty {
            state.prompt = nil
            return
        }
        switch PaletteLine.read(text) {
        case .failure(let fault):
            let indent = prompt.text.prefix { $0 == " " }.count
            state.prompt?.fault = Prompt.Fault(offset: fault.offset + indent, reason: fault.reason)
            emit(.bell)
        case .success(let line):
            state.prompt = nil
            state.history.removeAll { $0 == text }
            state.history.append(text)
            if state.history.count > 50 { state.history.removeFirst() }
            obey(line)
        }
    }

    private mutating func obey(_ line: PaletteLine) {
        if line.writes, let reason = refusal() { return refuse(reason) }
        switch line {
        case .run(let name): obey(name)
        case .view(let view): go(to: view)
        case .theme(let name):
            if state.themes.contains(name) { return use(theme: name) }
            let near = NearestWord.of(name, in: state.themes)
            refuse("no theme `\(name)`" + (near.map { ", nearest `\($0)`" } ?? ""))
        case .window(let seconds): set(window: seconds)
        case .refresh(let milliseconds): set(refresh: milliseconds)
        case .sort(let title): sortBy(title)
        case .filter(let text): filter(text)
        case .write(let path):
            switch ExportRequest.read(path, panel: panel) {
            case .success(let request): emit(.write(request))
            case .failure(let fault): refuse(fault.reason)
            }
        case .revoke(let id): openRevoke(id, .enter)
        case .revokeClient(let name):
            guard client(name) != nil else { return refuse("no client or key `\(name)`") }
            openRevoke(client: name, .enter)
        case .suspendDialog(let name):
            guard let row = client(name) else { return refuse("no client `\(name)`") }
            openSuspend(row, .enter)
        case .createDialog(let name): openCreate(name, .enter)
        case .limitsDialog(let scope):
            if case .client(let name) = scope {
                guard let row = client(name) else { return refuse("no client `\(name)`") }
                openLimits(row, .enter)
            } else {
                openLimits(scope: scope, .enter)
            }
        case .acts(let commands): act(commands)
        }
    }

    private mutating func obey(_ name: CommandName) {
        guard let entry = CommandRegistry.paletteEntry(name) else { return }
        if name == .quit { return openQuit(.enter) }
        run(entry, by: .enter)
    }

    private mutating func act(_ commands: [Command]) {
        begin(commands.map { Order(command: $0, actor: state.actor) })
    }

    private mutating func filter(_ text: String) {
        do throws(FilterFault) {
            let filter = try FilterParser.parse(text)
            setFilter(filter, text: text)
        } catch {
            // The old filter stays in force; the line comes back with the caret under the fault.
            var prompt = Prompt(purpose: .filter, text: text)
            prompt.original = state.filterText
            prompt.fault = Prompt.Fault(offset: error.offset, reason: error.reason)
            state.prompt = prompt
            emit(.bell)
        }
    }

    private mutating func sortBy(_ title: String) {
        let columns = SortColumn.all(of: panel).map(\.title)
        guard let column = columns.first(where: { $0.lowercased() == title.lowercased() }) else {
            let list =
                columns.isEmpty ? "these rows are in the order of time" : "columns: " + columns.joined(separator: ", ")
            return refuse(list)
        }
        sort(panel, by: column)
    }
}

extension PaletteLine {
    /// Whether it leads to an act.
    var writes: Bool {
        switch self {
        case .revoke, .revokeClient, .suspendDialog, .createDialog, .limitsDialog, .acts: true
        case .run, .view, .theme, .window, .refresh, .sort, .filter, .write: false
        }
    }
}

extension CommandRegistry {
    /// The entry that the palette runs under this name.
    static func paletteEntry(_ name: CommandName) -> CommandEntry? {
        (table + paletteOnly).first { $0.name == name && $0.palette != nil }
    }
}
