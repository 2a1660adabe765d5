import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The listening socket of a pretended forge.
struct ForgeListener: Sendable {
    let port: Int
    private let socket: any Channel
    private let connections: Connections

    /// The open connections, so that a stop can end them, silent ones too.
    private final class Connections: Sendable {
        private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

        func add(_ channel: any Channel) {
            channels.withLock { $0[ObjectIdentifier(channel)] = channel }
            channel.closeFuture.whenComplete { [weak self] _ in
                self?.channels.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
            }
        }

        var all: [any Channel] { channels.withLock { Array($0.values) } }
    }

    static func start(_ answer: @escaping @Sendable (ForgeCall) -> ForgeServer.Outcome) async throws -> ForgeListener {
        let connections = Connections()
        let socket = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    connections.add(channel)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ForgeHandler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ForgeListener(port: socket.localAddress?.port ?? 0, socket: socket, connections: connections)
    }

    func stop() async {
        try? await socket.close().get()
        for channel in connections.all { try? await channel.close().get() }
    }
}

/// Reads one connection's calls, one after the other, and sends what the forge answers.
private final class ForgeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (ForgeCall) -> ForgeServer.Outcome
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ answer: @escaping @Sendable (ForgeCall) -> ForgeServer.Outcome) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            if head.headers.contains(name: "expect") {
                let interim = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil)
            }
        case .body(let buffer): body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let head else { return }
            self.head = nil
            switch answer(ForgeCall(head, body: body)) {
            case .silence: break
            case .dropped: context.close(promise: nil)
            case .reply(let reply): send(reply, to: head, context: context)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func send(_ reply: ForgeReply, to request: HTTPRequestHead, context: ChannelHandlerContext) {
        let bytes = reply.json?.bytes ?? []
        var headers = HTTPHeaders(reply.headers.map { ($0.name, $0.value) })
        if reply.json != nil, !headers.contains(name: "Content-Type") {
            headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        }
        let status = HTTPResponseStatus(statusCode: reply.status)
        if status.mayHaveResponseBody { headers.replaceOrAdd(name: "Content-Length", value: String(bytes.count)) }
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if status.mayHaveResponseBody, !bytes.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        }
        let sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !request.isKeepAlive { sent.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }
}

extension ForgeCall {
    fileprivate init(_ head: HTTPRequestHead, body: [UInt8]) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            method: head.method.rawValue,
            path: String(parts.first ?? "/"),
            query: parts.count > 1 ? Percent.query(parts[1]) : [],
            headers: head.headers.map { ($0.name, $0.value) },
            body: body
        )
    }
}
