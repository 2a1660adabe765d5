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
    /// What was told and could not be stored yet, oldest first.
    private let kept = Mutex<[EventDraft]>([])
    /// How many events are kept while the store takes none; the oldest make room.
    static let keptLimit = 10_000
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
    /// Events that cannot be stored are kept, and stored before what comes next: whoever decided them has gone on, and would
    /// not tell them again. Documents are not kept, as their owner has newer ones by then.
    ///
    /// - Parameter keeps: Whether events are kept. A caller that decides again until it is stored passes `false`, as it tells them again.
    /// - Returns: Whether it is stored; if not, the log says why, and the caller keeps the documents that it wanted stored.
    @discardableResult
    func commit(
        _ drafts: [EventDraft] = [],
        documents: [Document] = [],
        forgotten: [Document] = [],
        keeps: Bool = true
    ) async -> Bool {
        let trouble = await storeKept()
        var change = telling(drafts)
        change.documents = documents
        change.forgotten = forgotten.map { ($0.kind, $0.key) }
        guard !change.isEmpty else { return true }
        do throws(StateStoreError) {
            if let trouble { throw trouble }
            try await write(change)
            return true
        } catch {
            logger.error("What was decided could not be stored. \(error.message)")
            if keeps { keep(drafts) }
            return false
        }
    }

    // MARK: What could not be stored

    /// Stores the events that are kept.
    ///
    /// - Returns: Why they are kept still; `nil` when there are none any more.
    private func storeKept() async -> StateStoreError? {
        let drafts = kept.withLock { kept in
            defer { kept = [] }
            return kept
        }
        guard !drafts.isEmpty else { return nil }
        do throws(StateStoreError) {
            try await write(telling(drafts))
            return nil
        } catch {
            // What is too large would be so for ever, and hold up all that comes after it.
            if case .tooLarge = error {
                giveUp(drafts, because: error.message)
                return nil
            }
            keep(drafts, isOldest: true)
            return error
        }
    }

    private func keep(_ drafts: [EventDraft], isOldest: Bool = false) {
        let lost = kept.withLock { kept in
            kept.insert(contentsOf: drafts, at: isOldest ? 0 : kept.count)
            let lost = Array(kept.prefix(max(0, kept.count - Self.keptLimit)))
            kept.removeFirst(lost.count)
            return lost
        }
        giveUp(lost, because: "More than \(Self.keptLimit) events wait for the store.")
    }

    private func giveUp(_ drafts: [EventDraft], because reason: String) {
        for draft in drafts {
            logger.error(
                "An event is not stored and not sent: \(draft.message) \(reason)",
                metadata: ["tenant": "\(draft.tenant ?? "")", "object": "\(draft.object)"]
            )
        }
    }

    // MARK: What is stored

    /// The events, each with an id and with where it is to be sent.
    private func telling(_ drafts: [EventDraft]) -> ControllerChange {
        var change = ControllerChange()
        let sinks = sinks.withLock { $0 }
        for draft in drafts {
            let event = draft.event(id: nextID(), link: links(draft))
            change.events.append(event)
            let names = sinks.filter { $0.takes(event) }.map(\.name)
            if !names.isEmpty { change.sinks[event.id] = names }
        }
        return change
    }

    private func write(_ change: ControllerChange) async throws(StateStoreError) {
        try await store.commit(change)
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
