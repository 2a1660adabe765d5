import Synchronization

/// Services that lanes tell of a round's end, and that themselves need the lanes to be there first.
final class LateServices: Sendable {
    private struct Services {
        var watching: WatchService?
        var rollouts: RolloutKeeper?
        var partners: PartnerService?
    }

    private let value = Mutex(Services())

    var watching: WatchService? { value.withLock { $0.watching } }
    var rollouts: RolloutKeeper? { value.withLock { $0.rollouts } }

    var partners: PartnerService? { value.withLock { $0.partners } }

    func adopt(_ watching: WatchService, _ rollouts: RolloutKeeper, _ partners: PartnerService) {
        value.withLock { $0 = Services(watching: watching, rollouts: rollouts, partners: partners) }
    }
}
