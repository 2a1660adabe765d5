import FoundationEssentials
import Scheduling
import StateStore

/// What is so about objects that are not tenants: sources, sinks, the store, the controller's own credentials.
actor ObjectConditions {
    private let store: any StateStore
    private let events: EventLog
    private let now: @Sendable () -> Date
    private var ledger: ConditionLedger?
    /// Whether the store has the ledger as it is.
    private var isStored = true
    /// What was found while the ledger could not be read, oldest first.
    private var waiting: [Finder] = []

    private typealias Finder = @Sendable (inout ConditionLedger, Date) -> [EventDraft]

    /// So much may wait; what came first makes room, as what is found about an object replaces what was found before.
    private static let maximumWaiting = 1_000

    private static let key = "controller"

    init(store: any StateStore, events: EventLog, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.events = events
        self.now = now
    }

    var conditions: [Condition] { ledger?.conditions ?? [] }

    /// Takes over all that is found of these types about one object.
    func replace(_ types: Set<ConditionType>, of object: String, with findings: [Finding]) async {
        await change { ledger, now in ledger.replace(types, of: object, with: findings, at: now) }
    }

    /// Tells of what happened once and stays no condition, such as that the configuration was read again.
    func tell(_ draft: EventDraft) async { await events.commit([draft]) }

    /// Reminds of what stays wrong, and tries again to store what the store did not take.
    func remind() async {
        await change { ledger, now in ledger.reminders(at: now) }
        await events.commit()
    }

    private func change(_ body: @escaping Finder) async {
        waiting.append(body)
        waiting.removeFirst(max(0, waiting.count - Self.maximumWaiting))
        guard var ledger = await known() else { return }
        let before = ledger
        var drafts: [EventDraft] = []
        for body in waiting { drafts += body(&ledger, now()) }
        waiting = []
        for index in drafts.indices { drafts[index].tenant = Self.tenant(of: drafts[index].object) }
        self.ledger = ledger
        guard ledger != before || !isStored else { return }
        guard let data = try? JSONEncoder().encode(ledger) else { return }
        isStored = true
        let hasStored = await events.commit(
            drafts,
            documents: [Document(.condition, Self.key, json: String(decoding: data, as: UTF8.self))]
        )
        if !hasStored { isStored = false }
    }

    /// `nil` for what concerns no single tenant.
    private static func tenant(of object: String) -> String? {
        object.hasPrefix(watches) ? String(object.dropFirst(watches.count)) : nil
    }

    /// How the objects begin that are a tenant's watches, all together.
    static let watches = "Watch/"

    /// `nil` where the store does not tell it: an empty one would replace it.
    private func known() async -> ConditionLedger? {
        if let ledger { return ledger }
        let documents = try? await store.documents(DocumentQuery(.condition, key: Self.key))
        // Another caller may have been faster while the store was asked.
        if let ledger { return ledger }
        guard let documents else { return nil }
        let json = documents.first?.json ?? ""
        return (try? JSONDecoder().decode(ConditionLedger.self, from: Data(json.utf8))) ?? ConditionLedger()
    }
}
