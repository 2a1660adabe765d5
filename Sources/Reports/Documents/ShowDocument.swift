import FoundationEssentials
package import Planning
package import TLSGate

/// One run: what was planned, what was written, what was there before, and how it ended.
package struct ShowDocument: ReportDocument, Hashable, Decodable {
    package static let kind = "Run"
    /// 1.1 added `planProblem`, and what plans and runs of the history gained; 1.2 what runs of the history gained.
    package static let formatVersion = "1.2"

    package var record: RunRecord
    /// The plan that was carried out; `nil` when none was made, or where `planProblem` says why it is not shown.
    package var plan: TenantPlan?
    /// Why a plan that was made is not shown, in a sentence for people.
    package var planProblem: String?
    package var journal: Journal?

    /// - Parameter judgements: What the run kept of `TenantPlan.judgementsText`.
    package init(record: RunRecord, plan: Plan? = nil, judgements: String = "", journal: Journal? = nil) {
        self.record = record
        self.journal = journal
        self.plan = plan.map { TenantPlan(stored: $0, judgements: judgements) }
    }

    /// A run whose plan another version stored, in a form that this one does not know.
    package init(ofUnreadablePlan record: RunRecord, journal: Journal?) {
        self.init(record: record, journal: journal)
        planProblem = "Another version of Mitregate stored the plan of this run, and this one cannot read it."
    }

    private enum Key: String, CodingKey { case plan, planProblem, journal }

    package func encode(to encoder: any Encoder) throws {
        try RunSummary(record).encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(plan, forKey: .plan)
        try container.encodeIfPresent(planProblem, forKey: .planProblem)
        try container.encode(journal, forKey: .journal)
    }

    package init(from decoder: any Decoder) throws {
        record = try RunSummary(from: decoder).record
        let container = try decoder.container(keyedBy: Key.self)
        plan = try container.decodeIfPresent(TenantPlan.self, forKey: .plan)
        planProblem = try container.decodeIfPresent(String.self, forKey: .planProblem)
        journal = try container.decodeIfPresent(Journal.self, forKey: .journal)
    }
}

extension TenantPlan {
    /// The judgements as a run keeps them next to its plan; empty when the gate was not asked.
    package var judgementsText: String { judgements.map { JSONText.encode($0) } ?? "" }

    /// A plan that a run kept.
    ///
    /// - Parameter text: What `judgementsText` gave; judgements that this version cannot read are left out.
    init(stored plan: Plan, judgements text: String) {
        self.init(plan: plan, judgements: Self.judgements(text), exitStatus: .done)
    }

    /// What the gate said of a run's plan, from what ``judgementsText`` gave; `nil` where it was not asked, or another version
    /// wrote it in a form that this one does not know.
    package static func judgements(_ text: String) -> [Judgement]? {
        try? JSONText.decoder().decode([Judgement].self, from: Data(text.utf8))
    }
}
