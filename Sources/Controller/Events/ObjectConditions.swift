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

    private func change(_ body: (inout ConditionLedger, Date) -> [EventDraft]) async {
        var ledger = await known()
        let before = ledger
        var drafts = body(&ledger, now())
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

    private func known() async -> ConditionLedger {
        if let ledger { return ledger }
        let documents = try? await store.documents(DocumentQuery(.condition, key: Self.key))
        // Another caller may have been faster while the store was asked.
        if let ledger { return ledger }
        let json = documents?.first?.json ?? ""
        let stored = try? JSONDecoder().decode(ConditionLedger.self, from: Data(json.utf8))
        ledger = stored ?? ConditionLedger()
        return ledger ?? ConditionLedger()
    }
}
