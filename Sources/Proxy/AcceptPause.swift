import NIOCore

/// Stops accepting for a moment where the system has no descriptor left.
///
/// Without it the accepting loop spins a whole core: the listening socket stays readable, and each try fails. (NIO's
/// `AcceptBackoffHandler` delays the next read only; the one that failed stays pending, so that the loop goes on.)
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(200)
    private var isPaused = false

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError else { return context.fireErrorCaught(error) }
        guard !isPaused else { return }
        isPaused = true
        // Taking the interest in reading back, unlike not asking again, takes the socket out of the loop's selector.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let bound = NIOLoopBound((self, context.channel), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: AcceptPause.pause) {
            let (pause, channel) = bound.value
            pause.isPaused = false
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
