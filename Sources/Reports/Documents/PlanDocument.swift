import Planning

/// What `plan` found for every selected tenant; saved to a file, it is what `apply` carries out.
package struct PlanDocument: ReportDocument, Hashable {
    package static let kind = "Plan"
    /// 1.1 added `digest` of a change and `changesDigest` of a tenant.
    package static let formatVersion = "1.1"

    package var tenants: [TenantPlan]

    package init(tenants: [TenantPlan]) { self.tenants = tenants }

    package var exitStatus: ExitStatus { .combined(tenants.map(\.exitStatus)) }

    /// Over which tenants there are and what is planned for each.
    fileprivate var digest: String {
        Seal.digest(ofPlans: tenants.map { ($0.tenant, $0.plan?.planDigest) })
    }
}

extension PlanDocument: Codable {
    private enum Key: String, CodingKey { case tenants, digest }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenants, forKey: .tenants)
        try container.encode(digest, forKey: .digest)
    }

    /// - Throws: Where there is no tenant, or where the tenants or their digests are not those that were saved.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        tenants = try container.decode([TenantPlan].self, forKey: .tenants)
        guard !tenants.isEmpty, try container.decode(String.self, forKey: .digest) == digest else {
            throw DecodingError.dataCorruptedError(
                forKey: .tenants,
                in: container,
                debugDescription: SavedDocument<PlanDocument>.notAsSaved
            )
        }
    }
}
