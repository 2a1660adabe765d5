package import FoundationEssentials
import NIOPosix

/// Exchange Online's token endpoint, admin API and audit search on a loopback port, with tenants that live in memory.
///
/// It speaks plain HTTP and listens on 127.0.0.1 only. Everything it holds comes from its seed and from requests; nothing
/// is written to disk. Every choice of form that the service makes without a rule (order of members, `null` or `""`) is
/// drawn from a generator with a fixed start, so a test that fails fails again.
/// Source: the public material gathered in the project's Exchange Online reference; each comment names its section.
package final class ExchangeSimulator: Sendable {
    /// The port that was asked for, or the one that the system chose for port 0.
    package let port: Int
    let service: Service
    private let listener: Listener

    /// Where to point a client: the login, Exchange and Graph endpoints are all this one.
    package var url: String { "http://127.0.0.1:\(port)" }

    private init(service: Service, listener: Listener) {
        self.service = service
        self.listener = listener
        self.port = listener.port
    }

    /// Listens, and returns when connections are taken.
    ///
    /// - Parameters:
    ///   - seed: What exists, as JSON: `{"tenants": [...]}`, the form that `state()` gives back.
    ///   - port: 0 lets the system choose.
    ///   - latency: How long each answer waits, except those of `/simulator/…`, in addition to what faults ask for.
    ///   - randomness: Where the generator of odd forms starts.
    ///   - now: The time of the tenants: it decides on tokens, assertions, time stamps and audit latency.
    ///   - log: Told of each request once its answer is known, though not yet sent; must not block.
    package static func start(
        seed: String = #"{"tenants": []}"#,
        port: Int = 0,
        latency: Duration = .zero,
        randomness: UInt64 = 1,
        now: @escaping @Sendable () -> Date = { Date() },
        log: (@Sendable (LoggedRequest) -> Void)? = nil
    ) async throws(SimulatorError) -> ExchangeSimulator {
        let service = try Service(seed: seed, latency: latency, randomness: randomness, now: now, log: log)
        let listener = try await Listener.start(port: port, service: service)
        service.learn(port: listener.port)
        return ExchangeSimulator(service: service, listener: listener)
    }

    /// Stops listening and ends every connection, also one that waits for a delayed or held answer.
    package func stop() async {
        service.stop()
        await listener.stop()
    }
}
