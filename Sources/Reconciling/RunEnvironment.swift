package import Configuration
package import ExchangeOnline
package import Logging
package import Reports
package import StateStore

/// What every run needs from outside: settings, memory, the network, time, and a listener for what it does.
package struct RunEnvironment: Sendable {
    package private(set) var configuration: Configuration
    package let store: any StateStore
    package let pools: TransferPools
    /// Clock, calendar and chance; a test brings its own.
    package let timing: Timing
    /// The absolute path of this program, which fetches in a child process of itself.
    package let executable: String
    package let version: ProgramVersion
    /// The person or account that runs are started for, as the history keeps it; `nil` when they start by themselves.
    package var startedBy: String?
    /// The machine that runs are started on, or the controller and its machine, as the history keeps it.
    package var startedFrom: String?
    package let logger: Logger
    /// Hears what each run does; called from many tasks at once, and must not block.
    package let report: @Sendable (RunEvent) -> Void
    /// How long a run's lease holds without being renewed.
    package var leaseDuration: Duration = .seconds(300)
    /// How often a run renews its lease while it waits for others; `nil`: only with what it writes.
    package var leaseRenewal: Duration?
    /// Whether a run that is asked to stop while it waits for the tenant leaves the wait to a later run.
    ///
    /// A command waits to the end and rolls back, as a person is looking on; the controller has to end soon and is
    /// started again.
    package var leavesWaits = false
    /// How often each tenant, by name, may be asked; `nil`: as often as runs need.
    package var pacing: (@Sendable (_ tenant: String) -> RequestPacing)?
    /// Told of every request to a tenant's services, by the tenant's name; called from many tasks at once.
    package var onRequest: (@Sendable (_ tenant: String, _ name: String, _ status: Int?) -> Void)?
    /// Told when a run begins to wait for minutes while nothing is asked of anyone, and when it is about to go on; awaited.
    package var onLongWait: (@Sendable (_ isWaiting: Bool) async -> Void)?
    /// What asks this run to stop; each run has its own, so one tenant can be stopped alone.
    package var stopSignal = StopSignal()

    package init(
        configuration: Configuration,
        store: any StateStore,
        pools: TransferPools = TransferPools(),
        timing: Timing = .system,
        executable: String,
        version: ProgramVersion,
        startedBy: String? = nil,
        startedFrom: String? = nil,
        logger: Logger,
        report: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.store = store
        self.pools = pools
        self.timing = timing
        self.executable = executable
        self.version = version
        self.startedBy = startedBy
        self.startedFrom = startedFrom
        self.logger = logger
        self.report = report
    }

    /// The same with another configuration, for the runs that begin from now on.
    package func with(_ configuration: Configuration) -> RunEnvironment {
        var environment = self
        environment.configuration = configuration
        return environment
    }

    /// Says what a tenant or a source is waiting for, in words that follow "contoso: "; `nil` when it waits no longer.
    package func tell(_ subject: String, _ what: String?) {
        report(RunEvent(subject: subject, what: what.map { .waiting($0) } ?? .idle))
    }

    /// Renews a lease again and again, until it is cancelled or the lease is lost: the next write then says so.
    func renewal(of lease: Lease) -> Task<Void, Never>? {
        guard let leaseRenewal else { return nil }
        let (store, timing) = (store, timing)
        return Task {
            while !Task.isCancelled {
                guard (try? await timing.clock.sleep(for: leaseRenewal)) != nil else { return }
                guard (try? await store.renew(lease)) == true else { return }
            }
        }
    }

    /// Whether the run was asked to stop at the next safe point.
    package func isInterrupted() -> Bool { stopSignal.isRaised }

    /// Does what writes nothing, and cancels it once the run is asked to stop: a silent server holds up no Ctrl-C.
    func untilInterrupted<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(RunStop) -> Value
    ) async throws(RunStop) -> Value {
        try await stopSignal.cancelling(work)
    }
}
