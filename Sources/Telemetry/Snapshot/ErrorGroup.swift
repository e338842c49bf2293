package import Domain

/// Errors of one client with one cause.
package struct ErrorGroup: Sendable, Codable {
    package var client: String
    package var model: String
    package var upstream: String
    package var status: UInt16
    package var error: ErrorCode
    /// The newest request's `detail`.
    package var detail: String
    package var count: Int64
    package var first: Timestamp
    package var last: Timestamp
    /// Count per slice, 8 slices of the window.
    package var series: Series

    package init(
        client: String, model: String, upstream: String, status: UInt16, error: ErrorCode, detail: String,
        count: Int64, first: Timestamp, last: Timestamp, series: Series
    ) {
        self.client = client
        self.model = model
        self.upstream = upstream
        self.status = status
        self.error = error
        self.detail = detail
        self.count = count
        self.first = first
        self.last = last
        self.series = series
    }
}
