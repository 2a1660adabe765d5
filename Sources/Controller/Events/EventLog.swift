import Connectors
import FoundationEssentials
import Logging
import Notices
import Planning
import Scheduling
import StateStore
import Synchronization

/// Gives what was decided an id, stores it with where it is to be sent, and wakes whoever follows.
final class EventLog: Sendable {
    private let store: any StateStore
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let links: @Sendable (EventDraft) -> String?
    private let sinks: Mutex<[Sink]>
    private let followers = Mutex<[Int: AsyncStream<Void>.Continuation]>([:])
    private let numbers = Mutex(0)
    /// The last id that was given, so that ids stay in order within a millisecond.
    private let last = Mutex(0.0)
    private let counter: @Sendable (Event) -> Void

    /// - Parameter counter: Told of each event that was stored.
    init(
        store: any StateStore,
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        links: @escaping @Sendable (EventDraft) -> String? = { _ in nil },
        counter: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.store = store
        self.logger = logger
        self.now = now
        self.links = links
        self.counter = counter
        sinks = Mutex([])
    }

    /// Where events are sent from now on.
    func adopt(_ sinks: [Sink]) { self.sinks.withLock { $0 = sinks } }

    /// Stores documents and events in one transaction.
    ///
    /// - Returns: Whether it is stored; if not, the log says why, and the caller keeps what it wanted stored.
    @discardableResult
    func commit(_ drafts: [EventDraft] = [], documents: [Document] = [], forgotten: [Document] = []) async -> Bool {
        var change = ControllerChange(documents: documents)
        change.forgotten = forgotten.map { ($0.kind, $0.key) }
        let sinks = sinks.withLock { $0 }
        for draft in drafts {
            let event = draft.event(id: nextID(), link: links(draft))
            change.events.append(event)
            let names = sinks.filter { $0.takes(event) }.map(\.name)
            if !names.isEmpty { change.sinks[event.id] = names }
        }
        guard !change.isEmpty else { return true }
        do throws(StateStoreError) {
            try await store.commit(change)
        } catch {
            logger.error("What was decided could not be stored. \(error.message)")
            return false
        }
        for event in change.events {
            counter(event)
            // A log has no colours: what is over must not read like what began.
            let prefix = event.transition == .cleared ? "Over: " : ""
            logger.info(
                "\(prefix)\(event.message)",
                metadata: [
                    "tenant": "\(event.tenant ?? "")", "object": "\(event.object)",
                    "condition": "\(event.condition.rawValue)", "reason": "\(event.reason)",
                    "transition": "\(event.transition.rawValue)", "run": "\(event.run ?? "")",
                    "revision": "\(event.revision ?? "")",
                ]
            )
        }
        if !change.events.isEmpty { signal() }
        return true
    }

    /// Ids sort in the order in which they were given, as readers ask for what comes after one.
    private func nextID() -> String {
        let milliseconds = (now().timeIntervalSince1970 * 1_000).rounded(.down)
        let shifted = last.withLock { last in
            // A clock that was set back, or several in one millisecond: one later than the last.
            last = max(milliseconds, last + 1)
            return last
        }
        return RunID.make(now: Date(timeIntervalSince1970: shifted / 1_000))
    }

    /// Yields whenever events were stored.
    func follow() -> AsyncStream<Void> {
        let number = numbers.withLock { number in
            number += 1
            return number
        }
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            followers.withLock { $0[number] = continuation }
            continuation.onTermination = { [weak self] _ in self?.followers.withLock { $0[number] = nil } }
        }
    }

    private func signal() { for follower in followers.withLock({ Array($0.values) }) { follower.yield() } }

    /// Ends every stream of those who follow.
    func end() { for follower in followers.withLock({ Array($0.values) }) { follower.finish() } }
}
