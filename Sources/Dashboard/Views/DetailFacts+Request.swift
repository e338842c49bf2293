import Domain
import Settings
import Telemetry

extension DetailFacts {
    /// Everything that is known of one request; never a prompt, an answer or a key.
    static func request(_ id: String, stage: Stage) -> Facts {
        var facts = Facts()
        let held = stage.state.records.first { $0.requestID.text == id }
        guard let record = held ?? stage.snapshot.recent.first(where: { $0.requestID.text == id }) else { return facts }
        facts.add("id", record.requestID.text)
        facts.add("time", stage.exactTime(record.time))
        facts.add("client", record.client.isEmpty ? "unknown caller" : record.client)
        facts.add("key", record.keyID?.shown ?? "none")
        facts.add("from", record.address)
        facts.add("user agent", record.userAgent)
        facts.add("request", "\(record.method) \(record.path)")
        facts.add("model", record.model)
        facts.add("upstream", record.upstream.isEmpty ? "none asked" : record.upstream)
        let status: [Span] = [
            Span(Figures.status(record.status), Columns.role(ofStatus: record.status, error: record.error), bold: true)
        ]
        facts.add(
            "status", status + (record.upstreamStatus > 0 ? [.muted(", provider's \(record.upstreamStatus)")] : []))
        if let error = record.error {
            facts.add("error", [.plain(error.label), .muted(error.origin == .gateway ? ", ours" : ", theirs")])
        }
        facts.add("cause", record.detail)
        facts.add("kind", record.isStream ? "stream" : "whole answer")
        facts.add("first byte", Figures.exactLatency(record.firstByteMilliseconds))
        facts.add("total", Figures.exactLatency(record.totalMilliseconds))
        facts.add("gateway", "\(record.gatewayMicroseconds) µs")
        facts.add(
            "tokens",
            [
                .plain(Figures.tally(record.usage.input)), .muted(" in, "), .plain(Figures.tally(record.usage.cached)),
                .muted(" cached, "), .plain(Figures.tally(record.usage.output)), .muted(" out, "),
                .plain(Figures.tally(record.usage.reasoning)), .muted(" reasoning"),
            ])
        facts.add("counted", record.usage.source.label)
        facts.add("cost", record.isPriced ? "$ \(record.cost.exactText)" : "no price", record.isPriced ? .money : .warn)
        facts.add("prompt", "\(record.messageCount) messages, \(Figures.bytes(record.promptLength))")
        facts.add("bytes", "\(Figures.bytes(record.bytesIn)) in, \(Figures.bytes(record.bytesOut)) out")
        return facts
    }
}
