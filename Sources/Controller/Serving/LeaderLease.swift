import ExchangeOnline
import FoundationEssentials
import Logging
import Reconciling
import ServiceLifecycle
import StateStore
import Synchronization

/// The right of one process to drive the lanes of a store; another waits until it is free, and takes over from a dead one.
final class LeaderLease: Service {
    /// Not the name of a tenant: those hold no slash.
    static let name = "controller/leader"

    private let store: any StateStore
    private let clock: any Clock<Duration>
    private let interval: Duration
    private let logger: Logger
    private let lease: Lease

    private init(_ environment: RunEnvironment, _ lease: Lease, every interval: Duration) {
        store = environment.store
        clock = environment.timing.clock
        logger = environment.logger
        self.interval = interval
        self.lease = lease
    }

    /// Waits until the lease is to be had.
    ///
    /// - Parameter manager: Told that this one stands by, and that it lives.
    static func acquire(
        _ environment: RunEnvironment,
        for duration: Duration,
        every interval: Duration,
        _ manager: ServiceManager?
    ) async throws -> LeaderLease {
        let holder = RunHolder.current(run: RunID.make(now: environment.timing.now()))
        var hasSaid = false
        while true {
            switch try await environment.store.acquire(name, by: holder, for: duration) {
            case .granted(let lease): return LeaderLease(environment, lease, every: interval)
            case .held(let other):
                if !hasSaid {
                    manager?.waiting()
                    environment.logger.notice(
                        "Another controller works with this store (\(other.holder.description)); this one waits to take over."
                    )
                    hasSaid = true
                }
                manager?.alive()
                try await environment.timing.clock.sleep(for: manager?.pause(atMost: interval) ?? interval)
            }
        }
    }

    func run() async throws {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { [clock, interval] in try await clock.sleep(for: interval) }
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
            do throws(StateStoreError) {
                guard try await store.renew(lease) else { throw StateStoreError.leaseLost(tenant: Self.name) }
                failures = 0
            } catch {
                if case .leaseLost = error { throw error }
                // A store that is full or slow does not end it: no run writes meanwhile.
                failures += 1
                logger.warning("The controller's lease was not renewed (\(failures) times). \(error.message)")
            }
        }
    }

    func release() async { try? await store.release(lease) }
}
