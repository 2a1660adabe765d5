import ExchangeOnline
import Foundation
import Laboratory
import Reconciling
import StateStore
import TestSupport

@testable import Controller

/// The tenant's lane next to its watches.
extension WatchBench {
    var runner: RoundRunner {
        let environment = environment
        return RoundRunner(
            environment: { environment },
            shared: SharedResources(environment),
            sources: SourceKeeper(environment: { environment }, now: environment.timing.now),
            gate: RoundGate(1)
        )
    }

    /// What a lane needs, on a clock that stands still: it does something only when it is told something.
    func tools(_ store: any StateStore, requests: RequestBook = RequestBook()) -> LaneTools {
        LaneTools(
            store: store,
            runner: runner,
            events: EventLog(store: store, logger: environment.logger, now: environment.timing.now),
            requests: requests,
            observer: Observer(version: "test"),
            afterRound: { _, _ in },
            logger: environment.logger,
            now: environment.timing.now,
            chance: { 0.9 },
            clock: HeldClock(),
            alarm: LaneAlarm(HeldClock())
        )
    }

    /// The service that looks at all tenants' mail: once when it begins, as its clock stands still too.
    func service(_ keeper: WatchKeeper, _ lanes: LaneRegistry) -> WatchService {
        let still = RunEnvironment(
            configuration: environment.configuration,
            store: store,
            timing: Timing(clock: HeldClock(), now: environment.timing.now, random: { 0.5 }),
            executable: environment.executable,
            version: environment.version,
            logger: environment.logger
        )
        let rollouts = RolloutKeeper(
            settings: ConfigurationHolder(still.configuration),
            events: EventLog(store: store, logger: still.logger, now: still.timing.now),
            environment: still,
            permit: { _, _ in }
        )
        return WatchService(keeper: keeper, lanes: lanes, rollouts: rollouts, environment: { still })
    }
}
