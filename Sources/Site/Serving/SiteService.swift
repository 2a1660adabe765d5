package import Configuration
import FoundationEssentials
import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOSSL
package import Reports
import ServiceLifecycle
package import StateStore
import Synchronization

/// The HTTP server: API, health and metrics.
package final class SiteService: Service {
    private let settings: ServerSettings
    private let responder: Responder
    private let holder: CallersHolder
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void
    private let tls: TLSConfiguration?

    /// - Parameters:
    ///   - clock: Paces the signs of life of event streams.
    ///   - onListening: Told the port once requests are taken.
    /// - Throws: When a token or the certificate cannot be read.
    package init(
        _ settings: ServerSettings,
        model: any SiteModel,
        store: any StateStore,
        version: ProgramVersion,
        instance: String,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws(ConfigurationError) {
        self.settings = settings
        self.logger = logger
        self.onListening = onListening
        tls = try settings.tls.map { files throws(ConfigurationError) in try Self.tls(files) }
        let holder = CallersHolder(try Callers(settings))
        self.holder = holder
        responder = Responder(
            api: API(model: model, store: store, version: version, instance: instance),
            hosts: AllowedHosts(settings),
            callers: { holder.current },
            streams: EventStreams(store: store, clock: clock) { model.eventSignals() },
            logger: logger
        )
    }

    /// Takes over the tokens of a configuration that was read again; its address stays as it was.
    package func adopt(_ settings: ServerSettings) throws(ConfigurationError) {
        holder.current = try Callers(settings)
    }

    /// At once; more wait in the kernel's queue.
    private static let connections = 512

    package func run() async throws {
        let http = HTTPServerBuilder.http1(
            configuration: .init(idleTimeout: .seconds(75))
        )
        let server = try tls.map { try HTTPServerBuilder.tls(http, tlsConfiguration: $0) } ?? http
        let application = Application(
            responder: responder,
            server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                serverName: nil,
                backlog: 256,
                reuseAddress: true,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connections)
            ),
            onServerRunning: { [onListening] channel in
                await onListening(channel.localAddress?.port ?? 0)
            },
            logger: logger
        )
        do {
            try await application.run()
        } catch let error as IOError {
            throw ConfigurationError(
                Problem(
                    "config-listen-unusable",
                    "server.listen \(settings.host):\(settings.port) cannot be used: \(String(cString: strerror(error.errnoCode))).",
                    remedy: "Choose another port, or end what listens there (ss -ltnp shows it)."
                )
            )
        }
    }

    private static func tls(_ files: ServerSettings.TLSFiles) throws(ConfigurationError) -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
            guard !chain.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: files.privateKey, format: .pem))
            )
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            // A key of another certificate is seen here, before anything begins.
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch {
            throw ConfigurationError(
                Problem(
                    "config-server-tls",
                    file: files.certificate,
                    "The server's certificate or its key cannot be used: \(error).",
                    remedy:
                        "Let tls.certificate be the chain, leaf first, and tls.privateKey its key, both in PEM form, readable by this user."
                )
            )
        }
    }
}

/// The callers of the configuration in force.
private final class CallersHolder: Sendable {
    private let value: Mutex<Callers>

    init(_ callers: Callers) { value = Mutex(callers) }

    var current: Callers {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
