/// A parsed filter expression; see `FilterParser`.
package struct Filter: Sendable, Equatable {
    package init() {}
}
