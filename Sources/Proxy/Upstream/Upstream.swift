package import Synchronization

/// A provider: where it is, and the credential that only ever goes there.
package final class Upstream: Sendable {
    package let name: String
    package let host: String
    package let port: Int
    /// Nil for plain HTTP.
    package let tls: ProviderTLS?
    /// Path prefix of the configured URL without a trailing slash, `/v1`.
    package let basePath: String
    /// `Host` field and `Authorization` field as bytes, ready to be written into every request.
    package let requestFields: [UInt8]
    /// The provider's key, for taking it out where the provider repeats it.
    let secret: ProviderSecret
    package let gauge = UpstreamCounters()

    package init(name: String, host: String, port: Int, tls: ProviderTLS?, basePath: String, key: String?) {
        self.name = name
        self.host = host
        self.port = port
        self.tls = tls
        self.basePath = basePath
        let isDefaultPort = port == (tls == nil ? 80 : 443)
        let bracketed = host.contains(":") ? "[\(host)]" : host
        var fields = "Host: \(bracketed)\(isDefaultPort ? "" : ":\(port)")\r\n"
        if let key, !key.isEmpty { fields += "Authorization: Bearer \(key)\r\n" }
        requestFields = Array(fields.utf8)
        secret = ProviderSecret(key ?? "")
    }

    /// `https://api.example.com:443`: no path, no key.
    package var origin: String {
        "\(tls == nil ? "http" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}

/// Connections to a provider, counted by all loops.
package final class UpstreamCounters: Sendable {
    /// How many are open now, idle ones among them.
    package let connections = Atomic<Int>(0)
    /// How many could not be made (refused, timed out, TLS) since this provider's settings are in force.
    package let connectFailures = Atomic<Int64>(0)

    package init() {}
}
