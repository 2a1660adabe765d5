import NIOCore
import NIOHTTP1

/// Reads one connection's requests, one after the other, and sends what the service answers.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// More than any request of the protocol; the rest of a larger body is read and forgotten.
    private static let maximumBody = 8 << 20

    private let service: Service
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// The request that is being answered.
    private var ticket: Ticket?

    init(service: Service) { self.service = service }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            if head.headers["expect"].contains(where: { $0.isSame(ignoringCase: "100-continue") }) {
                let interim = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil)
            }
        case .body(let buffer):
            if body.count < Self.maximumBody { body.append(contentsOf: buffer.readableBytesView) }
        case .end:
            guard let head else { return }
            self.head = nil
            let (answer, ticket) = service.answer(Request(head: head, body: body))
            body = []
            self.ticket = ticket
            start(answer, ticket, keepsAlive: head.isKeepAlive, context: context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func finish() {
        if let ticket { service.finished(ticket) }
        ticket = nil
    }

    private func start(_ answer: Answer, _ ticket: Ticket, keepsAlive: Bool, context: ChannelHandlerContext) {
        later(answer.delay, held: answer.hold == .head ? ticket : nil, context: context) {
            guard answer.delivery != .dropped else {
                context.close(promise: nil)
                return
            }
            self.sendHead(of: answer, keepsAlive: keepsAlive, context: context)
            self.later(answer.bodyDelay, held: answer.hold == .body ? ticket : nil, context: context) {
                self.sendBody(of: answer, keepsAlive: keepsAlive, context: context)
            }
        }
    }

    /// Goes on after a time, at a release, or at once; not at all when the client has gone.
    private func later(
        _ delay: Duration,
        held ticket: Ticket?,
        context: ChannelHandlerContext,
        _ step: @escaping () -> Void
    ) {
        let whileOpen = { if context.channel.isActive { step() } }
        if let ticket {
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { _ in whileOpen() }
            service.hold(promise, of: ticket)
        } else if delay > .zero {
            context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { whileOpen() }
        } else {
            step()
        }
    }

    private func sendHead(of answer: Answer, keepsAlive: Bool, context: ChannelHandlerContext) {
        var headers = HTTPHeaders(answer.headers.map { ($0.name, $0.value) })
        headers.replaceOrAdd(name: "Content-Length", value: String(answer.body.count))
        if !keepsAlive { headers.replaceOrAdd(name: "Connection", value: "close") }
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: answer.status),
            headers: headers
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if answer.hold == .body || answer.bodyDelay > .zero { context.flush() }
    }

    private func sendBody(of answer: Answer, keepsAlive: Bool, context: ChannelHandlerContext) {
        let isCut = answer.delivery == .droppedInBody
        let bytes = isCut ? answer.body[..<(answer.body.count / 2)] : answer.body[...]
        if !bytes.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        }
        if isCut {
            context.flush()
            context.close(promise: nil)
            return
        }
        finish()
        let sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !keepsAlive {
            sent.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
    }
}

extension Request {
    init(head: HTTPRequestHead, body: [UInt8]) {
        var headers: [String: String] = [:]
        for (name, value) in head.headers {
            let name = name.asciiLowercased
            headers[name] = headers[name].map { "\($0), \(value)" } ?? value
        }
        self.init(method: head.method.rawValue, target: head.uri, headers: headers, body: body)
    }
}
