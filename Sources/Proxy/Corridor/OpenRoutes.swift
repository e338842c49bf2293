import Domain
import HTTP
import NIOCore
import Wire

/// The paths that the gateway answers itself.
enum OpenRoutes {
    /// Why an open path is not open for this request; nil where it is.
    static func refusal(of route: Route, head: Head, address: String, policy: Policy) -> Refusal? {
        guard head.method == .get || head.method == .head else { return Refusal(.methodNotAllowed) }
        guard route == .metrics else { return nil }
        // A proxy in front would make every outside caller look like a neighbour.
        let wasForwarded = head.range(of: .xForwardedFor) != nil || head.range(of: .forwarded) != nil
        if wasForwarded || !policy.metricsAllowed.contains(address) {
            return Refusal(
                .pathNotAllowed, message: "Metrics are open to the addresses of `metrics.allow` alone, unforwarded.")
        }
        return nil
    }

    /// The content of a local answer.
    struct Page {
        var status: UInt16 = 200
        var contentType: StaticString = "application/json"
        var content: [UInt8]
    }

    static func page(
        _ route: Route, caller: Caller?, policy: Policy, environment: GatewayEnvironment, wall: Int64, now: Int64
    ) -> Result<Page, Refusal> {
        switch route {
        case .health, .healthz: return .success(Page(content: Array(#"{"status":"ok"}"#.utf8)))
        case .readyz:
            let isReady = environment.isReady()
            return .success(
                Page(
                    status: isReady ? 200 : 503,
                    content: Array((isReady ? #"{"status":"ready"}"# : #"{"status":"draining"}"#).utf8)))
        case .metrics:
            return .success(
                Page(contentType: "text/plain; version=0.0.4; charset=utf-8", content: environment.metrics()))
        case .openapi: return .success(Page(content: environment.openAPI))
        case .docs: return .success(Page(contentType: "text/html; charset=utf-8", content: environment.docs))
        case .models: return .success(Page(content: modelList(caller, policy: policy)))
        case .model(let name):
            guard policy.models[name] != nil else { return .failure(Refusal(.modelNotFound, param: "model")) }
            guard caller?.mayUse(name) == true else { return .failure(Refusal(.modelNotAllowed, param: "model")) }
            var writer = JSONWriter()
            write(name, policy: policy, to: &writer)
            return .success(Page(content: writer.bytes))
        case .me:
            guard let caller else { return .failure(Refusal(.invalidAPIKey)) }
            return .success(Page(content: me(caller, wall: wall, now: now)))
        default: return .failure(Refusal(.pathNotFound))
        }
    }

    private static func modelList(_ caller: Caller?, policy: Policy) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("object", "list")
        writer.key("data")
        writer.beginArray()
        for name in policy.models.keys.sorted() where caller?.mayUse(name) == true {
            write(name, policy: policy, to: &writer)
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ name: String, policy: Policy, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", name)
        writer.member("object", "model")
        writer.member("created", 0)
        writer.member("owned_by", policy.models[name]?.upstream.name ?? "")
        writer.endObject()
    }

    /// The caller's own limits, use and spend.
    private static func me(_ caller: Caller, wall: Int64, now: Int64) -> [UInt8] {
        let limits = caller.client.limits
        let counters = caller.client.scope.counters
        let wallSeconds = Calendar.floorDivide(wall, 1000)
        let used = counters.used(of: limits.map(\.limit), now: now, wallSeconds: wallSeconds)
        // Money is counted with a budget and without one.
        let periods: [(StaticString, LimitKind)] = [
            ("hour_nano_usd", .budgetHour), ("day_nano_usd", .budgetDay), ("month_nano_usd", .budgetMonth),
        ]
        let spent = counters.used(
            of: periods.map { Limit(kind: $0.1, amount: 0) }, now: now, wallSeconds: wallSeconds)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("client", caller.client.name)
        writer.member("tier", caller.client.tier)
        writer.member("key", orNull: caller.key?.id.shown)
        writer.key("limits")
        writer.beginArray()
        for (effective, used) in zip(limits, used) {
            writer.beginObject()
            writer.member("kind", effective.limit.kind.rawValue)
            writer.member("limit", effective.limit.amount)
            if effective.limit.kind.isWindowed { writer.member("window_s", effective.limit.windowSeconds) }
            writer.member("used", used)
            writer.member("remaining", max(0, effective.limit.amount.subtractingSaturated(used)))
            writer.member("unit", effective.limit.kind.isMoney ? "nano_usd" : effective.limit.kind.word)
            writer.member("source", effective.source.rawValue)
            writer.member("until", orNull: effective.until.map { Calendar.rfc3339($0) })
            writer.endObject()
        }
        writer.endArray()
        writer.key("spend")
        writer.beginObject()
        for ((name, _), nanos) in zip(periods, spent) { writer.member(name, nanos) }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}

extension FrontHandler {
    /// Answers a request that needs no provider.
    func answerLocally() {
        let now = LoopClock.monotonic()
        let wall = LoopClock.wall()
        guard let route = facts?.route else { return refuse(Refusal(.internalError)) }
        isBodyDone = true
        mode = .busy
        switch OpenRoutes.page(
            route, caller: facts?.caller, policy: loop.policy, environment: loop.environment, wall: wall, now: now)
        {
        case .failure(let refusal): refuse(refusal)
        case .success(let page):
            exchange?.record.status = page.status
            exchange?.record.wasAdmitted = !route.isOpen
            let isHead = parser.head.method == .head
            var buffer = ByteBufferAllocator().buffer(capacity: 512 + page.content.count)
            AnswerHead.own(
                status: page.status, contentType: page.contentType, ending: .length(page.content.count),
                common: AnswerHead.Common(
                    requestID: exchange?.record.requestID ?? loop.nextRequestID(), limits: nil,
                    date: loop.date(wall: wall), keepsAlive: keepsAlive && !loop.isDraining,
                    isHTTP10: parser.head.isHTTP10),
                into: &buffer)
            if !isHead { buffer.writeBytes(page.content) }
            exchange?.record.bytesOut += Int64(buffer.readableBytes)
            context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
            finish(now: now)
        }
    }
}
