package import Planning

/// A run of the history with its plan.
package struct StoredRun: Hashable, Sendable {
    package var record: RunRecord
    /// What the gate said of the plan, as it was stored; empty when the gate was not asked.
    package var judgements: String
    private let planText: String?

    init(record: RunRecord, planText: String?, judgements: String) {
        self.record = record
        self.planText = planText
        self.judgements = judgements
    }

    /// The plan that the run carried out; `nil` when it never came to one.
    ///
    /// - Throws: `unreadable` when another version wrote it in a form that this one does not know.
    package func plan() throws(StateStoreError) -> Plan? {
        guard let planText else { return nil }
        return try StoredValue.value(planText, of: "the plan of run \(record.id)")
    }
}
