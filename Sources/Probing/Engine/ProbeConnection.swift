import FoundationEssentials
import NIOCore

/// One connection on its event loop: carries out what the dialogue decides, and feeds it what happens.
final class ProbeConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What a connection is begun with.
    struct Order: Sendable {
        let target: ProbeTarget
        let ehloName: String
        let limits: ProbeLimits
        let context: TLSContext
        /// When the observation was made, for people; durations come from the monotonic clock.
        let date: Date
        let start: NIODeadline
    }

    private let order: Order
    private let outcome: EventLoopPromise<ProbeObservation>
    private var dialogue: ProbeDialogue
    private var observation: ProbeObservation
    private var context: ChannelHandlerContext?
    private var tls: TLSSession?
    private var isHandshaking = false
    private var isFinished = false
    private var handshakeBytes = 0
    private var received = ByteBuffer()
    private var phaseTimer: Scheduled<Void>?
    private var wholeTimer: Scheduled<Void>?

    init(_ order: Order, outcome: EventLoopPromise<ProbeObservation>) {
        self.order = order
        self.outcome = outcome
        dialogue = ProbeDialogue(ehloName: order.ehloName)
        observation = order.target.observation(ehloName: order.ehloName, at: order.date)
    }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// The context holds its handler, so that neither would go away.
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        observation.vantage = context.localAddress?.ipAddress
        wholeTimer = schedule(order.limits.whole - elapsed) { $0.handle(.timedOut) }
        handle(.connected)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
    }

    /// Bytes are looked at once a read is over, so that what came together is seen together.
    func channelReadComplete(context: ChannelHandlerContext) { readReceived() }

    private func readReceived() {
        guard received.readableBytes > 0 else { return }
        let bytes = received
        received = ByteBuffer()
        guard !isFinished else { return close() }
        guard let tls else { return handle(.received(Array(bytes.readableBytesView))) }
        bytes.withUnsafeReadableBytes { tls.feed($0) }
        if isHandshaking {
            handshakeBytes += bytes.readableBytes
            continueHandshake(tls)
        }
        if !isHandshaking, !isFinished { readInside(tls) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        readReceived()
        handle(.ended)
        finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Ends early, as the outcome is not waited for any more.
    func cancel() {
        outcome.fail(CancellationError())
        finish()
        close()
    }

    // MARK: What the dialogue decides

    private func handle(_ event: ProbeDialogue.Event) {
        for action in dialogue.handle(event, at: elapsed) { perform(action) }
    }

    private func perform(_ action: ProbeDialogue.Action) {
        switch action {
        case .await(let phase):
            phaseTimer?.cancel()
            phaseTimer = schedule(order.limits.wait(for: phase)) { $0.handle(.timedOut) }
        case .send(let text): send(text)
        case .startTLS: startTLS()
        case .finish(let isPolite):
            finish()
            guard isPolite else { return close() }
            phaseTimer = schedule(order.limits.farewell) { $0.close() }
        }
    }

    private func send(_ text: String) {
        guard let tls else { return write(Array(text.utf8)) }
        _ = tls.write(text)
        write(tls.takeOutput())
    }

    private func write(_ bytes: [UInt8]) {
        guard let context, !bytes.isEmpty else { return }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    private func close() {
        phaseTimer?.cancel()
        guard let context else { return }
        if let tls, observation.tlsVersion != nil {
            tls.close()
            write(tls.takeOutput())
        }
        context.close(promise: nil)
    }

    /// Hands the observation over, once.
    private func finish() {
        guard !isFinished else { return }
        isFinished = true
        phaseTimer?.cancel()
        wholeTimer?.cancel()
        if let tls { note(tls) }
        observation.take(dialogue)
        outcome.succeed(observation)
    }

    // MARK: TLS

    private func startTLS() {
        do {
            let session = try TLSSession(order.context, sni: order.target.sni)
            tls = session
            isHandshaking = true
            continueHandshake(session)
        } catch {
            handle(.handshakeFailed(error.reason, bytesRead: 0))
        }
    }

    private func continueHandshake(_ tls: TLSSession) {
        let step = tls.handshake()
        write(tls.takeOutput())
        switch step {
        case .waiting: return
        case .done:
            isHandshaking = false
            note(tls)
            handle(.handshakeDone(bytesRead: handshakeBytes))
        case .failed(let words):
            isHandshaking = false
            handle(
                tls.isChainTooLong
                    ? .handshakeTooLong(bytesRead: handshakeBytes)
                    : .handshakeFailed(words, bytesRead: handshakeBytes)
            )
        case .closed:
            isHandshaking = false
            handle(.ended)
        }
    }

    private func readInside(_ tls: TLSSession) {
        let (bytes, step) = tls.read()
        write(tls.takeOutput())
        if !bytes.isEmpty { handle(.received(bytes)) }
        switch step {
        case .waiting, .done: return
        case .failed, .closed: handle(.ended)
        }
    }

    private func note(_ tls: TLSSession) {
        observation.tlsVersion = tls.version
        observation.cipher = tls.cipher
        observation.presentedChain = tls.presentedChain
        let sent = tls.certificatesSent
        observation.certificatesSent = sent > observation.presentedChain.count ? sent : nil
        observation.stapledOCSP = tls.stapledOCSP
        observation.clientCertificateRequested = tls.isClientCertificateRequested
        observation.alert = tls.alert
    }

    // MARK: Time

    private var elapsed: Duration { .nanoseconds((NIODeadline.now() - order.start).nanoseconds) }

    private func schedule(_ delay: Duration, _ body: @escaping (ProbeConnection) -> Void) -> Scheduled<Void>? {
        context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in
            if let self { body(self) }
        }
    }
}

extension ProbeObservation {
    /// Takes over what the dialogue saw.
    mutating func take(_ dialogue: ProbeDialogue) {
        phases = dialogue.phases
        heloReply = dialogue.heloReply
        extensions = dialogue.extensions
        extensionsInTLS = dialogue.extensionsInTLS
        bytesAfterStartTLS = dialogue.bytesAfterStartTLS.map { Base64Bytes($0) }
        transcript = dialogue.transcript
    }
}
