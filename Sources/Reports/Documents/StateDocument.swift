import FoundationEssentials
package import Planning

/// What `state export` writes and `plan --state` reads: what was last applied to each tenant.
package struct StateDocument: ReportDocument, Hashable, Codable {
    package static let kind = "State"
    /// 1.1 added `breakGlass` and `aheadRuns` of a tenant.
    package static let formatVersion = "1.1"

    /// The largest file that is read, in bytes.
    package static let maximumSize = 64 << 20

    package var tenants: [RememberedTenant]

    package init(tenants: [RememberedTenant]) { self.tenants = tenants }

    /// Reads an export.
    ///
    /// - Throws: When it is not one, has another version, has a tenant twice, or is too large.
    package static func read(_ bytes: [UInt8], file: String) throws(ReportError) -> StateDocument {
        let document = try SavedDocument<StateDocument>(
            id: "state-file",
            noun: "state file",
            maximumSize: maximumSize,
            again: "Export it again: mitregate state export > \(file)"
        ).read(bytes, file: file)
        let names = document.tenants.map(\.tenant)
        guard Set(names).count == names.count else {
            throw ReportError(
                id: "state-file-damaged",
                message: "The state file is damaged: it has two entries for one tenant.",
                remedy: "Export it again: mitregate state export > \(file)",
                file: file
            )
        }
        return document
    }
}

/// What a plan needs of the store about one tenant, and nothing more: no secret, no evidence, no history.
package struct RememberedTenant: Hashable, Sendable, Codable {
    package var tenant: String
    /// What was last written to the tenant and seen confirmed.
    package var applied: AppliedTenant
    package var quarantine: Quarantine?
    /// The id of a run that is under way, or was cut off.
    package var unfinishedRun: String?
    /// Connectors that a person disabled in an emergency, as far as no commit was seen to speak of them.
    package var breakGlass: [BreakGlass]
    /// Runs that applied what a request changes before its merge, as far as no commit was seen to speak of it.
    package var aheadRuns: [AheadRun]

    package init(
        tenant: String,
        applied: AppliedTenant,
        quarantine: Quarantine?,
        unfinishedRun: String?,
        breakGlass: [BreakGlass] = [],
        aheadRuns: [AheadRun] = []
    ) {
        self.tenant = tenant
        self.applied = applied
        self.quarantine = quarantine
        self.unfinishedRun = unfinishedRun
        self.breakGlass = breakGlass
        self.aheadRuns = aheadRuns
    }

    /// An export of before emergencies has none.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            tenant: try container.decode(String.self, forKey: .tenant),
            applied: try container.decode(AppliedTenant.self, forKey: .applied),
            quarantine: try container.decodeIfPresent(Quarantine.self, forKey: .quarantine),
            unfinishedRun: try container.decodeIfPresent(String.self, forKey: .unfinishedRun),
            breakGlass: try container.decodeIfPresent([BreakGlass].self, forKey: .breakGlass) ?? [],
            aheadRuns: try container.decodeIfPresent([AheadRun].self, forKey: .aheadRuns) ?? []
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(applied, forKey: .applied)
        try container.encodeIfPresent(quarantine, forKey: .quarantine)
        try container.encodeIfPresent(unfinishedRun, forKey: .unfinishedRun)
        try container.encode(breakGlass, forKey: .breakGlass)
        if !aheadRuns.isEmpty { try container.encode(aheadRuns, forKey: .aheadRuns) }
    }

    private enum CodingKeys: String, CodingKey {
        case tenant, applied, quarantine, unfinishedRun, breakGlass, aheadRuns
    }
}
