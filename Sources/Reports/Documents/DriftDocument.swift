package import FoundationEssentials
package import Planning

/// What differs between each tenant and what was last written to it, and who changed it.
package struct DriftDocument: ReportDocument, Hashable {
    package static let kind = "Drift"

    package var tenants: [TenantDrift]

    package init(tenants: [TenantDrift]) { self.tenants = tenants }

    package var exitStatus: ExitStatus { .combined(tenants.map(\.exitStatus)) }
}

/// One tenant's drift, or why it is not known.
package struct TenantDrift: Hashable, Sendable {
    package var tenant: String
    package var items: [AttributedDrift]
    /// Why the tenant could not be read; where there are any, `items` is empty and means nothing.
    package var errors: [ErrorEntry]
    /// Why it is not known which deviations are accepted; then none counts as accepted.
    package var warnings: [ErrorEntry]
    package var exitStatus: ExitStatus

    package init(
        tenant: String,
        items: [AttributedDrift] = [],
        errors: [ErrorEntry] = [],
        warnings: [ErrorEntry] = [],
        exitStatus: ExitStatus = .done
    ) {
        self.tenant = tenant
        self.items = items
        self.errors = errors
        self.warnings = warnings
        self.exitStatus = exitStatus
    }

    package init(tenant: String, error: ErrorEntry, exitStatus: ExitStatus) {
        self.init(tenant: tenant, errors: [error], exitStatus: exitStatus)
    }

    /// A tenant to which nothing was ever applied: what it is cannot be compared with anything.
    package init(neverApplied tenant: String) {
        self.init(
            tenant: tenant,
            error: ErrorEntry(
                id: Self.neverApplied,
                message: "Nothing was ever applied to \(tenant), so there is nothing to compare it with.",
                remedy: "Run once: mitregate apply --tenant \(tenant). It writes nothing when the plan has no changes."
            ),
            exitStatus: .unknown
        )
    }

    package static let neverApplied = "never-applied"

    /// The first reason why the drift is not known.
    package var error: ErrorEntry? { errors.first }
}

/// One deviating connector, with whom the audit log names.
package struct AttributedDrift: Hashable, Sendable {
    /// Who changed one field last.
    package struct Change: Hashable, Sendable {
        package var by: String
        package var at: Date

        package init(by: String, at: Date) {
            self.by = by
            self.at = at
        }
    }

    package var item: DriftItem
    /// Who changed the connector last; `nil` when the audit log does not tell, or could not be read.
    package var changedBy: String?
    package var changedAt: Date?
    /// By path, for the fields that the audit log names.
    package var fieldChanges: [String: Change]

    package init(
        item: DriftItem,
        changedBy: String? = nil,
        changedAt: Date? = nil,
        fieldChanges: [String: Change] = [:]
    ) {
        self.item = item
        self.changedBy = changedBy
        self.changedAt = changedAt
        self.fieldChanges = fieldChanges
    }
}

extension TenantDrift: Encodable {
    private enum Key: String, CodingKey { case tenant, items, errors, warnings, exitCode }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(items, forKey: .items)
        if !errors.isEmpty { try container.encode(errors, forKey: .errors) }
        if !warnings.isEmpty { try container.encode(warnings, forKey: .warnings) }
        try container.encode(exitStatus.rawValue, forKey: .exitCode)
    }
}

/// The item's own keys, and `changedBy` and `changedAt`, which are `null` where not known.
extension AttributedDrift: Encodable {
    private enum Key: String, CodingKey { case changedBy, changedAt }

    package func encode(to encoder: any Encoder) throws {
        try item.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(changedBy, forKey: .changedBy)
        try container.encode(changedAt, forKey: .changedAt)
    }
}
