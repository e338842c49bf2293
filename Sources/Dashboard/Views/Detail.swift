import Domain
import Settings
import Telemetry
import Terminal

/// The page of a place that was drilled into: its facts above, its rows below.
enum Detail {
    static func draw(_ place: Place, in rect: Rect, stage: Stage, pen: inout Pen) {
        switch place {
        case .incidents: Panel.draw(.incidents, in: rect, stage: stage, pen: &pen)
        case .client(let name): client(name, in: rect, stage: stage, pen: &pen)
        case .request(let id):
            alone("request", facts: DetailFacts.request(id, stage: stage), in: rect, stage: stage, pen: &pen)
        case .audit(let number):
            alone("act \(number)", facts: DetailFacts.act(number, stage: stage), in: rect, stage: stage, pen: &pen)
        case .key(let id):
            split("key \(id.shown)", facts: DetailFacts.key(id, stage: stage), in: rect, stage: stage, pen: &pen)
        case .model(let name):
            split("model \(name)", facts: DetailFacts.model(name, stage: stage), in: rect, stage: stage, pen: &pen)
        case .upstream(let name):
            split(
                "upstream \(name)", facts: DetailFacts.upstream(name, stage: stage), in: rect, stage: stage, pen: &pen)
        case .errorGroup(let identity):
            split("error", facts: DetailFacts.group(identity, stage: stage), in: rect, stage: stage, pen: &pen)
        }
    }

    private static func frame(
        _ title: String, fact: String, isFocused: Bool, in rect: Rect, stage: Stage, pen: inout Pen
    ) -> Rect {
        let frame = Frame(title, fact: fact, isFocused: isFocused)
        return stage.layout.hasFrames ? frame.draw(in: rect, pen: &pen) : frame.rule(in: rect, pen: &pen)
    }

    /// Facts that fill the page.
    private static func alone(_ title: String, facts: Facts, in rect: Rect, stage: Stage, pen: inout Pen) {
        let inner = frame(title, fact: "", isFocused: true, in: rect, stage: stage, pen: &pen)
        gone(facts, in: inner, pen: &pen)
        facts.draw(in: inner, pen: &pen)
    }

    private static func gone(_ facts: Facts, in inner: Rect, pen: inout Pen) {
        guard facts.facts.isEmpty else { return }
        pen.put(
            .plain("it is no longer among what is remembered"), row: inner.row, column: inner.column + 1,
            end: inner.right)
    }

    /// Facts above, the newest requests below.
    private static func split(_ title: String, facts: Facts, in rect: Rect, stage: Stage, pen: inout Pen) {
        let head = head(facts, in: rect, stage: stage)
        let inner = frame(
            title, fact: "last \(stage.window)", isFocused: false, in: rect.top(head), stage: stage, pen: &pen)
        gone(facts, in: inner, pen: &pen)
        facts.draw(in: inner, pen: &pen)
        Panel.draw(.records, in: rect.droppingTop(head), stage: stage, pen: &pen)
    }

    /// Rows of the upper part: what the facts need, but never more than half of the page.
    private static func head(_ facts: Facts, in rect: Rect, stage: Stage) -> Int {
        let edges = stage.layout.hasFrames ? 2 : 1
        let wanted = max(1, facts.lines(width: rect.columns - edges)) + edges
        return min(wanted, max(2, stage.layout <= .tiny ? rect.rows / 3 : rect.rows / 2))
    }

    private static func client(_ name: String, in rect: Rect, stage: Stage, pen: inout Pen) {
        let facts = DetailFacts.client(name, stage: stage)
        let head = head(facts, in: rect, stage: stage)
        let inner = frame(
            "client \(name)", fact: "last \(stage.window)", isFocused: false, in: rect.top(head), stage: stage,
            pen: &pen)
        gone(facts, in: inner, pen: &pen)
        facts.draw(in: inner, pen: &pen)
        let rest = rect.droppingTop(head)
        guard rest.rows >= 8 else {
            Panel.draw(Panels.focused(stage.state), in: rest, stage: stage, pen: &pen)
            return
        }
        let count = RowModel.rows(of: .keys, state: stage.state, snapshot: stage.live).count
        let edges = stage.layout.hasFrames ? 3 : 2
        let keys = min(max(1, count) + edges, rest.rows / 2)
        Panel.draw(.keys, in: rest.top(keys), stage: stage, pen: &pen)
        Panel.draw(.records, in: rest.droppingTop(keys), stage: stage, pen: &pen)
    }
}
