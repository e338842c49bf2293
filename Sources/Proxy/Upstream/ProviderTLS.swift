import Glibc
import NIOSSL

/// How providers prove who they are: by the system's certificates, or by those that `SSL_CERT_FILE` names.
package struct ProviderTLS: Sendable {
    let context: NIOSSLContext

    /// The file of `SSL_CERT_FILE`, which curl, Python and Go read too; nil where the variable is unset or empty.
    package static var namedFile: String? {
        guard let value = getenv("SSL_CERT_FILE") else { return nil }
        let path = String(cString: value)
        return path.isEmpty ? nil : path
    }

    /// - Parameter certificates: a PEM file that is trusted instead of the system's certificates.
    /// - Throws: the library's error where no certificate can be read.
    package init(certificates: String?) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let certificates { configuration.trustRoots = .file(certificates) }
        context = try NIOSSLContext(configuration: configuration)
    }
}
