import Domain
import HTTP
import NIOCore
import Wire

/// What is known of a request once its head has been judged, kept until it is answered.
struct RequestIntake {
    var route: Route
    /// Path and query as they came, for forwarding.
    var target: Range<Int>
    var path: Range<Int>
    var caller: Caller?
    /// Whether the body is JSON whose facts are read.
    var isJSON = true
    /// The fields that pass to the provider, where they are written out already.
    var passedFields: ByteBuffer?
}

/// Where an admitted request goes and what it was counted in.
struct Dispatch {
    var upstream: Upstream
    var model: ModelPolicy?
    var admission: Admission
    var timeouts: Timeouts
    /// Whether admission has counted it, so that it must be settled.
    var isCounted = false
    /// Whether admission has been given back what the request held.
    var isReleased = false
}
