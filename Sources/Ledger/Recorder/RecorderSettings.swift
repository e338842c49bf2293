/// Where records go; the `log` part of the configuration.
package struct RecorderSettings: Hashable, Sendable {
    /// The log file; nil for none.
    package var file: String?
    /// The least level that gets a line; spend is counted whatever the level.
    package var level: LogLevel
    /// A file is renamed before it grows beyond this; 0: never.
    package var rotateBytes: Int64
    /// How many renamed files stay.
    package var keep: Int
    /// How many records may wait; beyond that their lines are dropped and counted, their money is not.
    package var queueBound: Int

    package init(
        file: String?, level: LogLevel = .info, rotateBytes: Int64 = 64 << 20, keep: Int = 14,
        queueBound: Int = 200_000
    ) {
        self.file = file
        self.level = level
        self.rotateBytes = rotateBytes
        self.keep = keep
        self.queueBound = queueBound
    }
}

/// How the recorder is doing.
package struct RecorderStatus: Hashable, Sendable {
    package var writtenLines: Int64 = 0
    /// Lines that found no room in the queue, or in memory while the disk was full; the screen shows it.
    package var droppedLines: Int64 = 0
    package var queuedRecords: Int = 0
    /// Why the log cannot be written just now; nil where it can.
    package var logFailure: String?
    /// Why spend cannot be written just now and is kept in memory; nil where it can.
    package var storeFailure: String?
    /// Rows of spend that are not in the store yet.
    package var unsavedRows: Int = 0

    package init() {}
}
