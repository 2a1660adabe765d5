import Synchronization

/// Services that lanes and sources tell of what happened, and that themselves need those to be there first.
final class LateServices: Sendable {
    private struct Services {
        var watching: WatchService?
        var rollouts: RolloutKeeper?
        var partners: PartnerService?
        var requests: RequestService?
        var sources: SourceService?
        var offers: OfferService?
    }

    private let value = Mutex(Services())

    var watching: WatchService? { value.withLock { $0.watching } }
    var rollouts: RolloutKeeper? { value.withLock { $0.rollouts } }
    var requests: RequestService? { value.withLock { $0.requests } }
    var sources: SourceService? { value.withLock { $0.sources } }
    var offers: OfferService? { value.withLock { $0.offers } }
    var partners: PartnerService? { value.withLock { $0.partners } }

    func adopt(_ watching: WatchService, _ rollouts: RolloutKeeper, _ partners: PartnerService) {
        value.withLock {
            $0.watching = watching
            $0.rollouts = rollouts
            $0.partners = partners
        }
    }

    func adopt(_ sources: SourceService) { value.withLock { $0.sources = sources } }

    func adopt(_ requests: RequestService) { value.withLock { $0.requests = requests } }

    func adopt(_ offers: OfferService) { value.withLock { $0.offers = offers } }
}
