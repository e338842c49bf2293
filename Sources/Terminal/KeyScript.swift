/// What a person does at the keys, as text: `"<down>R<wait 300ms>y"`.
///
/// Keys stand for themselves or are named (`<down>`, `<c-u>`, `<lt>` for `<`); `<wait 300ms>` or `<wait 2s>` lets
/// time pass, `<paste TEXT>` pastes, `<resize 80x24>` changes the window. Line ends are layout of the file and nothing
/// else.
package struct KeyScript: Hashable, Sendable {
    /// One step.
    package enum Step: Hashable, Sendable {
        case key(Key)
        /// Milliseconds in which nothing is pressed.
        case wait(milliseconds: Int)
        case paste(String)
        case resize(Size)
    }

    /// The steps in order.
    package var steps: [Step]

    /// A script of steps.
    package init(steps: [Step]) {
        self.steps = steps
    }

    /// Reads a script.
    ///
    /// - Throws: `KeyScriptError` at the first thing that is no step.
    package init(_ text: String) throws(KeyScriptError) {
        steps = []
        var rest = Substring(text)
        while let first = rest.first {
            if first.isNewline {
                rest.removeFirst()
            } else if first == "<" {
                guard let close = rest.firstIndex(of: ">") else {
                    throw KeyScriptError(message: "no > after \(TextWidth.cut(String(rest), to: 20))")
                }
                steps.append(try KeyScript.step(rest[...close]))
                rest = rest[rest.index(after: close)...]
            } else {
                steps.append(.key(first == "\t" ? .tab : .character(first)))
                rest.removeFirst()
            }
        }
    }

    /// The script as text that reads back to the same steps.
    package var text: String {
        steps.map { step in
            switch step {
            case .key(let key): key.script
            case .wait(let milliseconds): "<wait \(milliseconds)ms>"
            case .paste(let text): "<paste \(text)>"
            case .resize(let size): "<resize \(size.columns)x\(size.rows)>"
            }
        }.joined()
    }

    private static func step(_ text: Substring) throws(KeyScriptError) -> Step {
        let inner = text.dropFirst().dropLast()
        let refusal = KeyScriptError(message: "no such key or step: \(TextWidth.cut(String(text), to: 40))")
        if inner.hasPrefix("paste ") { return .paste(String(inner.dropFirst(6))) }
        if inner.hasPrefix("wait ") {
            guard let wait = milliseconds(inner.dropFirst(5)) else { throw refusal }
            return .wait(milliseconds: wait)
        }
        if inner.hasPrefix("resize ") {
            let sides = inner.dropFirst(7).split(separator: "x", omittingEmptySubsequences: false)
            guard sides.count == 2, let columns = Int(sides[0]), let rows = Int(sides[1]), columns > 0, rows > 0 else {
                throw refusal
            }
            return .resize(Size(columns: columns, rows: rows).bounded)
        }
        guard let key = Key(script: String(text)) else { throw refusal }
        return .key(key)
    }

    private static func milliseconds(_ text: Substring) -> Int? {
        let isMilliseconds = text.hasSuffix("ms")
        guard isMilliseconds || text.hasSuffix("s"), let number = Int(text.dropLast(isMilliseconds ? 2 : 1)),
            (0...86_400_000).contains(number)
        else { return nil }
        return isMilliseconds ? number : number &* 1_000
    }
}

/// A key script that cannot be read.
package struct KeyScriptError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in one line.
    package let message: String

    package var description: String { message }
}
