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
    package var exitStatus: ExitStatus

    package init(
        tenant: String,
        items: [AttributedDrift] = [],
        errors: [ErrorEntry] = [],
        exitStatus: ExitStatus = .done
    ) {
        self.tenant = tenant
        self.items = items
        self.errors = errors
        self.exitStatus = exitStatus
    }

    package init(tenant: String, error: ErrorEntry, exitStatus: ExitStatus) {
        self.init(tenant: tenant, errors: [error], exitStatus: exitStatus)
    }

    /// The first reason why the drift is not known.
    package var error: ErrorEntry? { errors.first }
}

/// One deviating connector, with whom the audit log names.
package struct AttributedDrift: Hashable, Sendable {
    package var item: DriftItem
    /// `nil` when the audit log does not tell, or could not be read.
    package var changedBy: String?
    package var changedAt: Date?

    package init(item: DriftItem, changedBy: String? = nil, changedAt: Date? = nil) {
        self.item = item
        self.changedBy = changedBy
        self.changedAt = changedAt
    }
}

extension TenantDrift: Encodable {
    private enum Key: String, CodingKey { case tenant, items, errors, exitCode }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(items, forKey: .items)
        if !errors.isEmpty { try container.encode(errors, forKey: .errors) }
        try container.encode(exitStatus.rawValue, forKey: .exitCode)
    }
}

/// The item's own keys, with `changedBy` and `changedAt` beside them, `null` where not known.
extension AttributedDrift: Encodable {
    private enum Key: String, CodingKey { case changedBy, changedAt }

    package func encode(to encoder: any Encoder) throws {
        try item.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(changedBy, forKey: .changedBy)
        try container.encode(changedAt, forKey: .changedAt)
    }
}
