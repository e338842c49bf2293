/// The words of the admin socket: HTTP/1.1 with JSON bodies over a Unix socket, for one user of one machine.
package enum AdminPath {
    /// `GET`: who answers: `AdminInfo`.
    package static let info = "/v1/info"
    /// `GET ?window=300`: a `LiveSnapshot`.
    package static let live = "/v1/live"
    /// `GET ?window=300`: the stable JSON of `tollgate snapshot --format json`.
    package static let snapshot = "/v1/snapshot"
    /// `POST` an `Order`: an `Outcome`.
    package static let orders = "/v1/orders"
    /// `POST` a `Query`: an `Answer`.
    package static let queries = "/v1/queries"
}

/// Who answers on an admin socket.
package struct AdminInfo: Sendable, Codable {
    package var name: String
    package var version: String
    package var pid: Int32
    package var listen: String

    package init(name: String, version: String, pid: Int32, listen: String) {
        self.name = name
        self.version = version
        self.pid = pid
        self.listen = listen
    }
}

/// Why the admin socket cannot be used.
package struct AdminError: Error, Sendable {
    package enum Code: Sendable {
        /// Nobody listens: no gateway is running on that folder.
        case notRunning
        /// The socket is another user's.
        case denied
        /// Something broke on the way.
        case failed
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
