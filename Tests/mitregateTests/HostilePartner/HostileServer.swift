import NIOCore
import NIOPosix
import NIOSSL
import TestSupport

/// A partner's mail server that says as much as it can, on every loopback address.
final class HostileServer: Sendable {
    /// Where in the dialogue it begins to pour.
    enum Stage: String, CaseIterable, Sendable {
        /// Nowhere: it is a sound server without STARTTLS.
        case sound
        case greeting
        case greetingWithoutLineEnd
        case ehlo
        case starttls
        /// With messages that TLS 1.2 has a client pass over, one after the other.
        case handshake
        /// The largest chain that is read, another on each connection, and then no end to the reply inside TLS.
        case chain
    }

    let port: Int
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let listener: any Channel

    private init(_ stage: Stage, _ certificate: LargestCertificate?) async throws {
        listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(HostileDialogue(stage, certificate))
                }
            }
            .bind(host: "0.0.0.0", port: 0).get()
        guard let port = listener.localAddress?.port else { throw LabError("the hostile server has no port") }
        self.port = port
    }

    static func with<T>(_ stage: Stage, _ body: (HostileServer) async throws -> T) async throws -> T {
        let server = try await HostileServer(stage, stage == .chain ? LargestCertificate.make() : nil)
        do {
            let result = try await body(server)
            try await server.stop()
            return result
        } catch {
            try await server.stop()
            throw error
        }
    }

    private func stop() async throws {
        try await listener.close()
        try await group.shutdownGracefully()
    }
}

/// One connection of a hostile server.
private final class HostileDialogue: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let stage: HostileServer.Stage
    private let certificate: LargestCertificate?
    private var heard: [UInt8] = []
    private var isInside = false

    init(_ stage: HostileServer.Stage, _ certificate: LargestCertificate?) {
        self.stage = stage
        self.certificate = certificate
    }

    func channelActive(context: ChannelHandlerContext) {
        switch stage {
        case .greeting: pour(Self.line("220-"), context)
        case .greetingWithoutLineEnd: pour(Array(repeating: UInt8(ascii: "x"), count: 65_536), context)
        default: say("220 mx.hostile.example ESMTP\r\n", context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard += unwrapInboundIn(data).readableBytesView
        while let end = heard.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: heard[..<end], as: UTF8.self).filter { !$0.isNewline }
            heard.removeSubrange(...end)
            answer(line, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ line: String, _ context: ChannelHandlerContext) {
        switch (line.prefix { $0 != " " }, stage) {
        case ("EHLO", .ehlo): pour(Self.line("250-KEYWORD "), context)
        case ("EHLO", .chain) where isInside: pour(Self.line("250-KEYWORD "), context)
        case ("EHLO", .sound): say("250-mx.hostile.example\r\n250 SIZE 1000\r\n", context)
        case ("EHLO", _): say("250-mx.hostile.example\r\n250 STARTTLS\r\n", context)
        case ("STARTTLS", .starttls): pour(Self.line("220-"), context)
        case ("STARTTLS", .handshake):
            say("220 go\r\n", context)
            // HelloRequest in a record of its own (RFC 5246 7.4.1.1).
            pour(Array(repeatElement([22, 3, 3, 0, 4, 0, 0, 0, 0], count: 7_000).joined()), context)
        case ("STARTTLS", .chain):
            say("220 go\r\n", context)
            startTLS(context)
        case ("QUIT", _):
            say("221 bye\r\n", context)
            context.close(promise: nil)
        default: say("500 what\r\n", context)
        }
    }

    private func startTLS(_ context: ChannelHandlerContext) {
        guard let certificate else { return }
        isInside = true
        do {
            let handler = NIOSSLServerHandler(context: try certificate.context())
            try context.pipeline.syncOperations.addHandler(handler, position: .first)
        } catch {
            context.close(promise: nil)
        }
    }

    private func say(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    /// Writes the bytes again and again, each time once the last are gone, until the client closes.
    private func pour(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        let loop = context.eventLoop.assumeIsolated()
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).assumeIsolated().whenSuccess {
            loop.execute { self.pour(bytes, context) }
        }
    }

    /// As many lines as fill some 64 KiB.
    private static func line(_ start: String) -> [UInt8] {
        Array(repeatElement(Array("\(start)\(String(repeating: "x", count: 500))\r\n".utf8), count: 128).joined())
    }
}
