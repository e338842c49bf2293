/// A configuration, where it came from, and what is doubtful about it.
package struct LoadedConfiguration: Sendable {
    package var configuration: Configuration
    /// The file that was read; nil where there is none and the environment alone was.
    package var file: String?
    /// What starts but should be seen: a world-readable file with secrets, `REDIS_HOST`, a key sent without TLS.
    package var warnings: [ConfigurationProblem]
    /// Whether the environment asks for a Redis that this version cannot use: the screen says `limits local`.
    package var wantsRedis: Bool
}
