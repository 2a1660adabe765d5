package import Planning
import FoundationEssentials

/// One run: what was planned, what was written, what was there before, and how it ended.
package struct ShowDocument: ReportDocument, Hashable {
    package static let kind = "Run"

    package var record: RunRecord
    /// The plan that was carried out; `nil` when none was made, or none can be read any more.
    package var plan: TenantPlan?
    package var journal: Journal?

    package init(record: RunRecord, journal: Journal?) {
        self.record = record
        self.journal = journal
        plan = TenantPlan.stored(record.plan, tenant: record.tenant)
    }

    private enum Key: String, CodingKey { case plan, journal }

    package func encode(to encoder: any Encoder) throws {
        try RunSummary(record).encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(plan, forKey: .plan)
        try container.encode(journal, forKey: .journal)
    }
}

extension TenantPlan {
    /// The form in which a run keeps its plan.
    package var stored: String { JSONText.encode(self) }

    /// Reads what `stored` wrote, a whole plan document, or a bare plan; `nil` for anything else.
    static func stored(_ json: String, tenant: String) -> TenantPlan? {
        guard !json.isEmpty else { return nil }
        let data = Data(json.utf8)
        let decoder = JSONText.decoder()
        if let document = try? decoder.decode(PlanDocument.self, from: data) {
            return document.tenants.first { $0.tenant == tenant }
        }
        if let plan = try? decoder.decode(TenantPlan.self, from: data) { return plan }
        let bare = try? decoder.decode(Plan.self, from: data)
        return bare.map { TenantPlan(plan: $0, judgements: nil, exitStatus: .done) }
    }
}
