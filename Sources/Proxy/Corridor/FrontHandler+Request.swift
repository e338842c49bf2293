import Domain
import HTTP
import NIOCore
import Wire

// From head to admission.
extension FrontHandler {
    /// A head is whole: who calls, and may they? The body is not looked at before that is known.
    func headArrived() {
        let now = LoopClock.monotonic()
        let wall = LoopClock.wall()
        let head = parser.head
        keepsAlive = head.keepsAlive && !loop.isDraining
        since = now
        bodyBytes = 0
        discarded = 0
        hasBegun = false
        isBodyDone = false
        if let memo, memo.holds(for: head, epoch: loop.policy.epoch), memo.caller.expires > wall {
            return headRepeated(memo, head: head, wall: wall, now: now)
        }
        memo = nil
        let target = head.withBytes { all in
            PathRules.target(UnsafeRawBufferPointer(rebasing: all[head.target]).bindMemory(to: UInt8.self).span)
        }
        let path = head.target.lowerBound..<head.target.lowerBound + target.path.count
        exchange = Exchange(record: newRecord(head, path: path, wall: wall), at: now)
        loop.exchangeCount(changedBy: 1)
        facts = RequestIntake(route: target.route, target: head.target, path: path)
        if target.route == .bad { return refuse(Refusal(.badHTTP, message: "The request target is malformed.")) }
        if target.route.isOpen {
            if let refusal = OpenRoutes.refusal(of: target.route, head: head, address: address, policy: loop.policy) {
                return refuse(refusal)
            }
            sendContinue(head)
            mode = .local
            return
        }
        if target.hasCredential { return refuse(Refusal(.credentialInQuery)) }
        switch loop.check.caller(of: head, policy: loop.policy, wall: wall, now: now, table: loop.table) {
        case .failure(let fault):
            exchange?.record.keyID = fault.key
            exchange?.record.client = fault.client
            refuse(Refusal(fault.code, message: fault.message))
        case .success(let caller):
            if let record = exchange?.record {
                memo = HeadMemo(head: head, epoch: loop.policy.epoch, target: target, caller: caller, record: record)
            }
            authenticated(caller, target: target, head: head, wall: wall)
        }
    }

    /// The same head as before: everything that was proven and picked from it still holds.
    private func headRepeated(_ memo: HeadMemo, head: Head, wall: Int64, now: Int64) {
        var record = RequestRecord(time: Timestamp(milliseconds: wall), requestID: loop.nextRequestID())
        record.address = memo.address
        record.userAgent = memo.userAgent
        record.method = memo.method
        record.path = memo.path
        record.bytesIn = Int64(head.bytes.readableBytes)
        exchange = Exchange(record: record, at: now)
        loop.exchangeCount(changedBy: 1)
        let path = head.target.lowerBound..<head.target.lowerBound + memo.target.path.count
        facts = RequestIntake(
            route: memo.target.route, target: head.target, path: path, passedFields: memo.passedFields)
        authenticated(memo.caller, target: memo.target, head: head, wall: wall)
    }

    private func newRecord(_ head: Head, path: Range<Int>, wall: Int64) -> RequestRecord {
        let given = head.range(of: .xRequestID).flatMap { range -> String? in
            let isFit = head.withBytes { all in
                HeaderRules.isRequestID(
                    UnsafeRawBufferPointer(rebasing: all[range]).bindMemory(to: UInt8.self).span)
            }
            return isFit && !head.isRepeated(.xRequestID) ? head.text(in: range) : nil
        }
        var record = RequestRecord(
            time: Timestamp(milliseconds: wall), requestID: given.map { .given($0) } ?? loop.nextRequestID())
        record.address = forwardedAddress(head) ?? address
        record.userAgent = userAgent(of: head)
        record.method = head.method == .other ? head.text(in: head.methodRange) : head.method.text
        record.path = head.text(in: path.count > 512 ? path.lowerBound..<path.lowerBound + 512 : path)
        record.bytesIn = Int64(head.bytes.readableBytes)
        return record
    }

    /// The address that a trusted proxy names: the last entry that is not itself a trusted proxy's.
    private func forwardedAddress(_ head: Head) -> String? {
        let trusted = loop.policy.trustedProxies
        guard !trusted.isEmpty, trusted.contains(address), let list = head.text(of: .xForwardedFor),
            !head.isRepeated(.xForwardedFor)
        else { return nil }
        for entry in list.split(separator: ",").reversed() {
            let candidate = entry.filter { $0 != " " }
            guard candidate.utf8.count <= 45, (try? SocketAddress(ipAddress: String(candidate), port: 0)) != nil else {
                return nil
            }
            if !trusted.contains(String(candidate)) { return String(candidate) }
        }
        return nil
    }

    /// The user agent, at most 120 bytes; made once for as long as a connection sends the same.
    private func userAgent(of head: Head) -> String {
        guard let range = head.range(of: .userAgent), !range.isEmpty else { return "" }
        let kept = range.count > 120 ? range.lowerBound..<range.lowerBound + 120 : range
        guard let slice = head.bytes.getSlice(at: head.bytes.readerIndex + kept.lowerBound, length: kept.count) else {
            return ""
        }
        if slice != userAgentBytes {
            userAgentBytes = ByteBuffer(bytes: slice.readableBytesView)
            userAgent = head.text(in: kept)
        }
        return userAgent
    }

    private func authenticated(_ caller: Caller, target: Target, head: Head, wall: Int64) {
        exchange?.record.client = caller.client.name
        exchange?.record.keyID = caller.key?.id
        facts?.caller = caller
        if caller.client.isSuspended { return refuse(Refusal(.clientSuspended)) }
        if let refusal = routeRefusal(target, head: head) { return refuse(refusal) }
        if case .length(let length) = head.framing, length > loop.environment.maximumBody { return refuseLargeBody() }
        sendContinue(head)
        switch target.route {
        case .models, .model, .me: mode = .local
        default: mode = .collecting
        }
    }

    private func sendContinue(_ head: Head) {
        guard head.expectsContinue, let context else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
    }

    private func refuseLargeBody() {
        let reason = "the body is larger than \(loop.environment.maximumBody) bytes"
        var refusal = Refusal(.bodyTooLarge, message: "The request is refused: \(reason).", detail: reason)
        refusal.closes = true
        refuse(refusal)
    }

    /// Why this caller cannot have this path with this method.
    private func routeRefusal(_ target: Target, head: Head) -> Refusal? {
        switch target.route {
        case .chatCompletions, .completions, .responses, .embeddings:
            if head.method == .post { return BodyRules.refusal(of: head) ?? BodyRules.refusalAsJSON(of: head) }
            var refusal = Refusal(.methodNotAllowed)
            refusal.allowed = "POST"
            return refusal
        case .models, .model, .me:
            return head.method == .get || head.method == .head ? nil : Refusal(.methodNotAllowed)
        case .messages, .countTokens, .generateContent, .streamGenerateContent:
            return Refusal(
                .pathNotAllowed, message: "This dialect is not in this version. Use the OpenAI paths under /v1.")
        case .other:
            let path = head.text(in: facts?.path ?? 0..<0)
            if loop.policy.allowsPassthrough(path) {
                facts?.isJSON = BodyRules.mediaType(of: head).isJSON
                return BodyRules.refusal(of: head) ?? (facts?.isJSON == true ? BodyRules.refusalAsJSON(of: head) : nil)
            }
            return path.hasPrefix("/v1/")
                ? Refusal(.pathNotAllowed, message: "This path is not open here. Ask your operator to pass it through.")
                : Refusal(.pathNotFound)
        default:
            return Refusal(.pathNotFound)
        }
    }

    func bodyArrived(_ slice: ByteBuffer) {
        let size = slice.readableBytes
        exchange?.record.bytesIn += Int64(size)
        bodyBytes += Int64(size)
        switch mode {
        case .collecting:
            if bodyBytes > Int64(clamping: loop.environment.maximumBody) { return refuseLargeBody() }
            if body.readableBytes == 0 { body = slice } else { body.writeImmutableBuffer(slice) }
        case .discarding, .local:
            discarded += size
            if discarded > FrontHandler.discardLimit {
                keepsAlive = false
                if mode == .local { refuse(Refusal(.bodyTooLarge)) }
                linger()
            }
        default:
            break
        }
    }

    /// The request has been read to its end.
    func requestEnded() {
        isBodyDone = true
        switch mode {
        case .collecting: judge()
        case .local: answerLocally()
        case .discarding:
            isBodyDone = false
            mode = .waiting
            since = LoopClock.monotonic()
        default: break
        }
    }

    /// The body is whole: read its facts, find its model, ask admission.
    private func judge() {
        mode = .busy
        guard let caller = facts?.caller, let route = facts?.route else { return refuse(Refusal(.internalError)) }
        var read: RequestFacts?
        if route == .other, facts?.isJSON == false, BodyRules.beginsAsObject(body) {
            // Whatever its type says, a provider may read it as JSON.
            if let refusal = BodyRules.refusalAsJSON(of: parser.head) { return refuse(refusal) }
            facts?.isJSON = true
        }
        if facts?.isJSON == true, body.readableBytes > 0 || route != .other {
            do throws(WireError) {
                read = try scanBody()
            } catch {
                return refuse(
                    Refusal(error.errorCode, message: error.message, param: error.param, detail: error.message))
            }
        }
        note(read)
        guard let dispatch = dispatch(caller, route: route, facts: read) else { return }
        order = dispatch
        exchange?.order.price = dispatch.model?.price
        exchange?.order.expectsObject = route != .other
        exchange?.order.expectsText = route == .chatCompletions || route == .completions || route == .responses
        feed(.bodyArrived)
    }

    private func scanBody() throws(WireError) -> RequestFacts {
        var outcome: Result<RequestFacts, WireError> = .failure(WireError(.notJSON, "The body is empty."))
        body.withUnsafeReadableBytes { all in
            do throws(WireError) {
                outcome = .success(try RequestFacts.scan(all.bindMemory(to: UInt8.self).span))
            } catch {
                outcome = .failure(error)
            }
        }
        return try outcome.get()
    }

    private func note(_ read: RequestFacts?) {
        guard let read else { return }
        exchange?.record.isStream = read.isStream
        exchange?.record.messageCount = Int32(clamping: read.messageCount)
        exchange?.record.promptLength = Int64(clamping: read.promptLength)
        exchange?.order.isStream = read.isStream
        exchange?.order.promptTokenEstimate = read.estimatedPromptTokens
        // Chat and completions report usage of a stream only when asked to; the others always do.
        if facts?.route == .chatCompletions || facts?.route == .completions, let splice = read.usageSplice {
            exchange?.order.stripsUsage = true
            var spliced: [UInt8] = []
            spliced.reserveCapacity(body.readableBytes + 64)
            body.withUnsafeReadableBytes { all in
                Splice.apply([splice], to: all.bindMemory(to: UInt8.self).span, into: &spliced)
            }
            body = ByteBuffer(bytes: spliced)
        }
    }

    /// Where the request goes; nil where it has been refused.
    private func dispatch(_ caller: Caller, route: Route, facts read: RequestFacts?) -> Dispatch? {
        let policy = loop.policy
        if let name = read?.model {
            exchange?.record.model = name.utf8.count > 256 ? String(name.prefix(64)) : name
            guard let model = policy.models[name] else {
                refuse(Refusal(.modelNotFound, param: "model", detail: "no such model"))
                return nil
            }
            guard caller.mayUse(name) else {
                refuse(Refusal(.modelNotAllowed, param: "model", detail: "model not allowed"))
                return nil
            }
            return Dispatch(
                upstream: model.upstream, model: model,
                admission: Admission(client: caller.client.scope, model: model.scope, gateway: policy.gateway),
                timeouts: model.timeouts ?? policy.timeouts)
        }
        // Where nothing names a model, nothing shows that the provider will not read a forbidden one.
        if route == .other, caller.isRestricted {
            refuse(
                Refusal(
                    .modelNotAllowed, message: "This key is bound to certain models, and the request names none.",
                    param: "model", detail: "no model, and the caller is restricted"))
            return nil
        }
        guard route == .other, let upstream = policy.passthroughUpstream else {
            refuse(
                Refusal(
                    .invalidRequest, message: "The body names no model. Add `\"model\"`; `GET /v1/models` lists them.",
                    param: "model", detail: "no model"))
            return nil
        }
        return Dispatch(
            upstream: upstream, model: nil,
            admission: Admission(client: caller.client.scope, model: nil, gateway: policy.gateway),
            timeouts: policy.timeouts)
    }

    /// Ends the request at hand by a refusal.
    func refuse(_ refusal: Refusal) {
        let now = LoopClock.monotonic()
        if let action = exchange?.refuse(refusal, at: now) { obey(action, now: now) }
    }

    /// A message that is no HTTP, or too large: answered, and the connection closed.
    func refuseMessage(_ fault: HTTPFault) {
        // The rest of a request that has its answer already: a second answer would be taken for the next one's.
        if mode == .discarding { return linger() }
        let code: ErrorCode =
            switch fault.code {
            case .headTooLarge: .headTooLarge
            case .uriTooLong: .uriTooLong
            case .bodyTooLarge: .bodyTooLarge
            case .unsupported: .unsupportedHTTP
            case .malformed, .versionUnsupported, .expectationFailed, .cutShort: .badHTTP
            }
        if exchange == nil {
            let wall = LoopClock.wall()
            var record = RequestRecord(time: Timestamp(milliseconds: wall), requestID: loop.nextRequestID())
            record.address = address
            exchange = Exchange(record: record, at: LoopClock.monotonic())
            loop.exchangeCount(changedBy: 1)
        }
        keepsAlive = false
        var refusal = Refusal(code, message: "The request is refused: \(fault.reason).", detail: fault.reason)
        refusal.closes = true
        if fault.code == .versionUnsupported || fault.code == .expectationFailed { refusal.status = fault.status }
        refuse(refusal)
    }
}
