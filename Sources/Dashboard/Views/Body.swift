import Telemetry
import Terminal

/// What stands between the tabs and the info line: the zoomed panel, the place drilled into, or the open view.
enum Body {
    static func draw(in rect: Rect, stage: Stage, pen: inout Pen) {
        if stage.state.isZoomed {
            Panel.draw(Panels.focused(stage.state), in: rect, stage: stage, pen: &pen)
        } else if let place = stage.state.crumbs.last {
            Detail.draw(place, in: rect, stage: stage, pen: &pen)
        } else {
            view(stage.state.view, in: rect, stage: stage, pen: &pen)
        }
    }

    private static func view(_ view: ViewName, in rect: Rect, stage: Stage, pen: inout Pen) {
        switch view {
        case .overview: Overview.draw(in: rect, stage: stage, pen: &pen)
        case .models: models(in: rect, stage: stage, pen: &pen)
        case .costs: CostsView.draw(in: rect, stage: stage, pen: &pen)
        case .clients: Panel.draw(.clients, in: rect, stage: stage, pen: &pen)
        case .keys: Panel.draw(.keys, in: rect, stage: stage, pen: &pen)
        case .errors: Panel.draw(.errors, in: rect, stage: stage, pen: &pen)
        case .live: Panel.draw(.live, in: rect, stage: stage, pen: &pen)
        case .audit: Panel.draw(.audit, in: rect, stage: stage, pen: &pen)
        case .logs: Panel.draw(.logs, in: rect, stage: stage, pen: &pen)
        }
    }

    /// Models above, upstreams below; on a small screen only the one with the focus.
    private static func models(in rect: Rect, stage: Stage, pen: inout Pen) {
        guard stage.layout >= .narrow else {
            Panel.draw(Panels.focused(stage.state), in: rect, stage: stage, pen: &pen)
            return
        }
        let edges = stage.layout.hasFrames ? 3 : 2
        let wanted = max(1, stage.snapshot.upstreams.count) + edges
        let lower = min(wanted, rect.rows / 2)
        Panel.draw(.models, in: rect.top(rect.rows - lower), stage: stage, pen: &pen)
        Panel.draw(.upstreams, in: rect.droppingTop(rect.rows - lower), stage: stage, pen: &pen)
    }
}
