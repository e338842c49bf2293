import HTTP
import NIOCore

/// One connection of a simulated provider: reads a request, plays its answer, then reads the next.
final class ProviderConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// An answer that has been decided and is not yet wholly sent.
    private struct Performance {
        var text: AnswerText
        var plan: AnswerPlan
        var line: ProviderBook.Line
        var step = 0
        var timer: Scheduled<Void>?
    }

    private let provider: SimulatedProvider
    private var parser = RequestParser()
    private var input = ByteBuffer()
    private var body = ByteBuffer()
    private var performance: Performance?
    private var keepsAlive = true
    private var isStalled = false
    private var isAdvancing = false
    private var isClosing = false

    init(_ provider: SimulatedProvider) { self.provider = provider }

    func channelActive(context: ChannelHandlerContext) { provider.opened(context.channel) }

    func channelInactive(context: ChannelHandlerContext) {
        provider.closed(context.channel)
        if let performance {
            performance.timer?.cancel()
            provider.record {
                $0.rows[performance.line, default: ProviderBook.Row()].abandoned += 1
                $0.inFlight -= 1
            }
        }
        performance = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        advance(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard isStalled, context.channel.isWritable else { return }
        isStalled = false
        perform(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: - Requests

    /// Reads on until an answer is under way or bytes are missing; pipelined requests wait in `input`.
    private func advance(_ context: ChannelHandlerContext) {
        // An answer that ends at once calls back into here: the loop below goes on in its place.
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while performance == nil, !isClosing, context.channel.isActive {
            do throws(HTTPFault) {
                switch try parser.next(&input) {
                case .needsMore:
                    return
                case .head:
                    body.clear()
                    keepsAlive = parser.head.keepsAlive
                    if parser.head.expectsContinue {
                        context.writeAndFlush(
                            wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
                    }
                case .body(var bytes):
                    body.writeBuffer(&bytes)
                case .end:
                    receive(context)
                }
            } catch {
                keepsAlive = false
                let text = SimulatedError.json(message: error.reason, type: "invalid_request_error", code: nil)
                send(context, status: error.status, body: text)
            }
        }
    }

    private func receive(_ context: ChannelHandlerContext) {
        guard parser.head.text(of: .authorization) == "Bearer \(provider.configuration.key)" || isBook else {
            provider.record { $0.unauthorized += 1 }
            let body = SimulatedError.json(
                message: "Incorrect API key provided.", type: "invalid_request_error", code: "invalid_api_key")
            return send(context, status: 401, body: body)
        }
        do throws(ProviderRequest.Refusal) {
            let request = try ProviderRequest(head: parser.head, body: body)
            switch request.endpoint {
            case .models: send(context, status: 200, body: provider.modelList)
            case .book: send(context, status: 200, body: provider.bookText)
            default: start(request, context)
            }
        } catch {
            provider.record {
                let line = ProviderBook.Line(user: "", model: "-")
                $0.rows[line, default: ProviderBook.Row()].received += 1
                $0.rows[line, default: ProviderBook.Row()].answered[Int(error.status), default: 0] += 1
            }
            send(context, status: error.status, body: error.body)
        }
    }

    /// The book is no part of the provider's business: it needs no key, and is not in the book.
    private var isBook: Bool { parser.head.text(in: parser.head.target) == "/book" }

    private func start(_ request: ProviderRequest, _ context: ChannelHandlerContext) {
        guard let (plan, number) = provider.judge(request) else {
            provider.record {
                let line = ProviderBook.Line(user: request.user, model: "?")
                $0.rows[line, default: ProviderBook.Row()].answered[404, default: 0] += 1
            }
            let body = SimulatedError.json(
                message: "The model `\(request.model)` does not exist or you do not have access to it.",
                type: "invalid_request_error", code: "model_not_found")
            return send(context, status: 404, body: body, request: request)
        }
        let text = AnswerText(
            request: request, usage: plan.usage, isLimited: plan.isLimited, number: number,
            created: SimulatedProvider.wallClock)
        performance = Performance(
            text: text, plan: plan, line: ProviderBook.Line(user: request.user, model: request.model))
        provider.record { $0.inFlight += 1 }
        wait(plan.delay, context)
    }

    // MARK: - Answers

    /// Goes on after `seconds`, at once where there is nothing to wait for.
    private func wait(_ seconds: Double, _ context: ChannelHandlerContext) {
        guard seconds > 0 else { return perform(context) }
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: seconds)) {
            self.perform(context)
        }
        performance?.timer = timer
    }

    /// Sends what is next of the answer.
    private func perform(_ context: ChannelHandlerContext) {
        while let now = performance {
            guard context.channel.isWritable else {
                isStalled = true
                return
            }
            switch now.plan.kind {
            case .refusal(let status, let body, let retryAfter):
                finish { $0.answered[Int(status), default: 0] += 1 }
                return send(context, status: status, body: body, retryAfter: retryAfter, request: now.text.request)
            case .whole:
                finish {
                    $0.answered[200, default: 0] += 1
                    $0.report(now.plan.usage)
                }
                return send(context, status: 200, body: now.text.whole(), request: now.text.request)
            case .stream(let steps, let interval, let cutBefore):
                if now.step == 0 { open(now, context) }
                if now.step == cutBefore {
                    finish { $0.cut += 1 }
                    return context.close(promise: nil)
                }
                guard now.step < steps else { return close(now, steps: steps, context) }
                write(now.text.piece(now.step, of: steps), context)
                performance?.step = now.step + 1
                if interval > 0 { return wait(interval, context) }
            }
        }
    }

    private func open(_ now: Performance, _ context: ChannelHandlerContext) {
        provider.record {
            $0.rows[now.line, default: ProviderBook.Row()].answered[200, default: 0] += 1
            $0.rows[now.line, default: ProviderBook.Row()].streams += 1
        }
        var head = start(200, type: "text/event-stream; charset=utf-8", request: now.text.request)
        head.writeStaticString("Transfer-Encoding: chunked\r\nCache-Control: no-cache\r\n\r\n")
        context.write(wrapOutboundOut(head), promise: nil)
        write(now.text.opening(), context)
    }

    private func close(_ now: Performance, steps: Int, _ context: ChannelHandlerContext) {
        finish { if now.text.reportsUsage { $0.report(now.plan.usage) } }
        write(now.text.closing(steps: steps), context, isLast: true)
        if keepsAlive { advance(context) }
    }

    /// The answer's end, in the book before its last bytes are on their way.
    private func finish(_ change: (inout ProviderBook.Row) -> Void) {
        guard let line = performance?.line else { return }
        performance = nil
        provider.record {
            change(&$0.rows[line, default: ProviderBook.Row()])
            $0.inFlight -= 1
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext, isLast: Bool = false) {
        var buffer = context.channel.allocator.buffer(capacity: text.utf8.count + 24)
        if !text.isEmpty {
            HeadWriter.chunkSize(text.utf8.count, into: &buffer)
            buffer.writeString(text)
            buffer.writeStaticString("\r\n")
        }
        if isLast { buffer.writeStaticString("0\r\n\r\n") }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: isLast ? closing(context) : nil)
    }

    /// Where the connection is to end with this answer: a promise that closes it once the last byte is out.
    private func closing(_ context: ChannelHandlerContext) -> EventLoopPromise<Void>? {
        guard !keepsAlive else { return nil }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        isClosing = true
        return promise
    }

    private func start(_ status: UInt16, type: String, request: ProviderRequest?) -> ByteBuffer {
        var buffer = ByteBuffer()
        HeadWriter.status(status, into: &buffer)
        HeadWriter.field("Content-Type", type, into: &buffer)
        HeadWriter.field("Server", "simulated", into: &buffer)
        if let id = request?.requestID { HeadWriter.field("X-Request-ID", id, into: &buffer) }
        if !keepsAlive { buffer.writeStaticString("Connection: close\r\n") }
        return buffer
    }

    private func send(
        _ context: ChannelHandlerContext, status: UInt16, body: String, retryAfter: Int? = nil,
        request: ProviderRequest? = nil
    ) {
        var buffer = start(status, type: "application/json", request: request)
        HeadWriter.field("Content-Length", body.utf8.count, into: &buffer)
        if let retryAfter { HeadWriter.field("Retry-After", retryAfter, into: &buffer) }
        buffer.writeStaticString("\r\n")
        buffer.writeString(body)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: closing(context))
        if keepsAlive { advance(context) }
    }
}
