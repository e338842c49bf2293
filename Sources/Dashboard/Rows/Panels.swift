/// Which panels a view has, in the order of `Tab`.
package enum Panels {
    /// The panels that can hold the focus now: those of the place that is drilled into, or of the view, as far as the
    /// screen has room for them.
    package static func focusable(_ state: DashboardState) -> [PanelName] {
        if let place = state.crumbs.last { return of(place) }
        guard state.view == .overview else { return of(state.view) }
        // The compact sizes draw fewer panels: a focus that nobody sees would be acted on by the next key.
        if state.columns < 60 || state.rows < 16 { return [.clients] }
        if state.columns < 80 || state.rows < 24 { return [.clients, .errors] }
        if state.columns < 100 || state.rows < 30 { return [.clients, .errors, .done] }
        return of(.overview)
    }

    /// All panels of a view.
    package static func of(_ view: ViewName) -> [PanelName] {
        switch view {
        case .overview: [.clients, .upstreams, .errors, .done]
        case .clients: [.clients]
        case .keys: [.keys]
        case .models: [.models, .upstreams]
        case .errors: [.errors]
        case .costs: [.costs, .costModels, .days]
        case .live: [.live]
        case .audit: [.audit]
        case .logs: [.logs]
        }
    }

    /// All panels of a place that is drilled into.
    package static func of(_ place: Place) -> [PanelName] {
        switch place {
        case .client: [.keys, .records]
        case .key, .model, .upstream, .errorGroup: [.records]
        case .request, .audit: [.detail]
        case .incidents: [.incidents]
        }
    }

    /// The panel that has the focus.
    package static func focused(_ state: DashboardState) -> PanelName {
        let panels = focusable(state)
        let chosen = state.crumbs.isEmpty ? state.focus[state.view] : state.placeFocus
        if let chosen, panels.contains(chosen) { return chosen }
        return panels.first ?? .clients
    }
}
