import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix

/// Makes connections, one for each call, on the event loops of a group.
struct ProbeConnector: Sendable {
    private let group: any EventLoopGroup
    private let exo: TLSContext
    private let diagnostic: TLSContext
    private let withoutTLS13: TLSContext

    init(group: any EventLoopGroup) throws(ProbingError) {
        self.group = group
        exo = try TLSContext(.exo)
        diagnostic = try TLSContext(.diagnostic)
        withoutTLS13 = try TLSContext(.exo, isWithoutTLS13: true)
    }

    /// Connects to the target and holds the dialogue.
    ///
    /// - Parameter ended: Called once when the connection is gone, which can be up to two seconds after the return.
    /// - Throws: `CancellationError` when the task is cancelled; nothing else, as all else is an observation.
    func probe(
        _ target: ProbeTarget,
        ehloName: String,
        limits: ProbeLimits,
        at date: Date,
        ended: @escaping @Sendable () -> Void
    ) async throws -> ProbeObservation {
        let loop = group.next()
        let order = ProbeConnection.Order(
            target: target,
            ehloName: ehloName,
            limits: limits,
            context: context(for: target),
            date: date,
            start: .now()
        )
        let outcome = loop.makePromise(of: ProbeObservation.self)
        let cancellation = loop.makePromise(of: Void.self)
        connect(order, on: loop, outcome: outcome, cancellation: cancellation.futureResult, ended: ended)
        return try await withTaskCancellationHandler {
            defer { cancellation.fail(CancellationError()) }
            return try await outcome.futureResult.get()
        } onCancel: {
            cancellation.succeed()
        }
    }

    private func context(for target: ProbeTarget) -> TLSContext {
        switch target.profile {
        case .exo: target.isWithoutTLS13 ? withoutTLS13 : exo
        case .diagnostic: diagnostic
        }
    }

    private func connect(
        _ order: ProbeConnection.Order,
        on loop: any EventLoop,
        outcome: EventLoopPromise<ProbeObservation>,
        cancellation: EventLoopFuture<Void>,
        ended: @escaping @Sendable () -> Void
    ) {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(min(order.limits.connect, order.limits.whole)))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = ProbeConnection(order, outcome: outcome)
                    try channel.pipeline.syncOperations.addHandler(connection)
                    cancellation.assumeIsolated().whenSuccess { connection.cancel() }
                }
            }
        let address: SocketAddress
        do {
            address = try SocketAddress(ipAddress: "\(order.target.address)", port: order.target.port)
        } catch {
            outcome.succeed(Self.observation(of: order, failing: error))
            return ended()
        }
        bootstrap.connect(to: address).whenComplete { result in
            switch result {
            case .success(let channel): channel.closeFuture.whenComplete { _ in ended() }
            case .failure(let error):
                outcome.succeed(Self.observation(of: order, failing: error))
                ended()
            }
        }
    }

    /// What is to be said of a connection that was not made.
    private static func observation(of order: ProbeConnection.Order, failing error: any Error) -> ProbeObservation {
        var observation = order.target.observation(ehloName: order.ehloName, at: order.date)
        if order.target.address.isIPv6, let error = error as? IOError, isWithoutIPv6(error.errnoCode) {
            observation.notProbed = .noIPv6
            return observation
        }
        var dialogue = ProbeDialogue(ehloName: order.ehloName)
        let elapsed = Duration.nanoseconds((NIODeadline.now() - order.start).nanoseconds)
        if let error = error as? IOError, error.errnoCode == ECONNRESET {
            // The server took the connection and reset it, before we could look at it.
            _ = dialogue.handle(.connected, at: elapsed)
            _ = dialogue.handle(.ended, at: elapsed)
        } else {
            _ = dialogue.handle(.notConnected(outcome(of: error)), at: elapsed)
        }
        observation.take(dialogue)
        return observation
    }

    /// The kernel knows no way for IPv6 at all; a single address that cannot be reached answers EHOSTUNREACH.
    private static func isWithoutIPv6(_ code: CInt) -> Bool {
        [ENETUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT].contains(code)
    }

    private static func outcome(of error: any Error) -> PhaseOutcome {
        switch error {
        case ChannelError.connectTimeout: .timedOut
        case let error as IOError where error.errnoCode == ECONNREFUSED: .refused
        case let error as IOError where error.errnoCode == ETIMEDOUT: .timedOut
        case let error as IOError: .unreachable(String(cString: strerror(error.errnoCode)))
        default: .unreachable("\(error)")
        }
    }
}
