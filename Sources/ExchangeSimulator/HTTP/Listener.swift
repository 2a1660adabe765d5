import NIOCore
import NIOHTTP1
import NIOPosix

/// The listening socket and the connections that came through it.
final class Listener: Sendable {
    let port: Int
    private let socket: any Channel
    private let connections: Connections

    private init(socket: any Channel, port: Int, connections: Connections) {
        self.socket = socket
        self.port = port
        self.connections = connections
    }

    static func start(port: Int, service: Service) async throws(SimulatorError) -> Listener {
        let connections = Connections()
        do {
            let socket = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        connections.add(channel)
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        try channel.pipeline.syncOperations.addHandler(ConnectionHandler(service: service))
                    }
                }
                .bind(host: "127.0.0.1", port: port).get()
            guard let port = socket.localAddress?.port else {
                throw SimulatorError.cannotListen(port: port, reason: "the system names no port")
            }
            return Listener(socket: socket, port: port, connections: connections)
        } catch let error as SimulatorError {
            throw error
        } catch {
            throw SimulatorError.cannotListen(port: port, reason: "\(error)")
        }
    }

    func stop() async {
        try? await socket.close().get()
        for channel in connections.stop() { try? await channel.close().get() }
    }
}
