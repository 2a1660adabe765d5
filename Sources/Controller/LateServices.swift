import Synchronization

/// Services that lanes tell of a round's end, and that themselves need the lanes to be there first.
final class LateServices: Sendable {
    private let value = Mutex<(watching: WatchService?, rollouts: RolloutKeeper?)>((nil, nil))

    var watching: WatchService? { value.withLock { $0.watching } }
    var rollouts: RolloutKeeper? { value.withLock { $0.rollouts } }

    func adopt(_ watching: WatchService, _ rollouts: RolloutKeeper) { value.withLock { $0 = (watching, rollouts) } }
}
