import Laboratory
import Scheduling
import StateStore
import Synchronization

/// A store of which some readings, or what the controller stores, fail while a test wants that, and next to which something
/// happens once it has stored an offer.
final class FlakyStore: WrappedStore {
    let base: any StateStore
    private let failing = Mutex<Set<Document.Kind>>([])
    private let takesNothing = Mutex(false)

    private let happening = Mutex<(@Sendable () async -> Void)?>(nil)

    init(_ base: any StateStore) { self.base = base }

    /// Lets the reading of documents of these kinds fail, and of no others.
    func fail(_ kinds: Set<Document.Kind>) { failing.withLock { $0 = kinds } }

    /// Lets all that the controller stores fail, or no longer.
    func refuse(_ refuses: Bool) { takesNothing.withLock { $0 = refuses } }

    /// Lets something happen elsewhere once, when an offer was stored.
    func afterOffer(_ happens: @escaping @Sendable () async -> Void) { happening.withLock { $0 = happens } }

    func commit(_ change: ControllerChange) async throws(StateStoreError) {
        guard !takesNothing.withLock({ $0 }) else { throw .busy(place: place) }
        try await base.commit(change)
        guard change.documents.contains(where: { $0.kind == .offer }) else { return }
        let happens = happening.withLock { happening in
            defer { happening = nil }
            return happening
        }
        await happens?()
    }

    func documents(_ query: DocumentQuery) async throws(StateStoreError) -> [Document] {
        guard !failing.withLock({ $0.contains(query.kind) }) else { throw .busy(place: place) }
        return try await base.documents(query)
    }
}
