package import Connectors

/// Ordered changes for one tenant, sealed to the commit, the observed state and the policy.
///
/// Identical input gives identical bytes. Encoded, it is one entry of `tenants` in the plan document.
package struct Plan: Hashable, Sendable, Codable {
    package var tenant: String
    /// The commit, 40 hex digits; for a working tree the words `working-tree`, which cannot be applied.
    package var revision: String
    package var observedDigest: String
    package var policyDigest: String
    /// Over everything else in the plan but the guards, which depend on the hour.
    package var planDigest: String
    package var summary: Summary
    /// In the order in which they are applied.
    package var changes: [Change]
    /// Deviations of the tenant from what was last written, whether or not the plan corrects them.
    package var drift: [DriftItem]
    package var unmanaged: [UnmanagedConnector]
    package var guards: [Guard]
    /// What the reader should know beside: the service's warnings, definitions that could not be judged.
    package var notes: [String]

    package struct Summary: Hashable, Sendable, Codable {
        package var create: Int
        package var update: Int
        package var delete: Int
        package var unchanged: Int
        package var drift: Int
        package var unmanaged: Int

        package init(
            create: Int = 0,
            update: Int = 0,
            delete: Int = 0,
            unchanged: Int = 0,
            drift: Int = 0,
            unmanaged: Int = 0
        ) {
            self.create = create
            self.update = update
            self.delete = delete
            self.unchanged = unchanged
            self.drift = drift
            self.unmanaged = unmanaged
        }
    }

    package init(
        tenant: String,
        revision: String,
        observedDigest: String,
        policyDigest: String,
        planDigest: String,
        summary: Summary,
        changes: [Change],
        drift: [DriftItem],
        unmanaged: [UnmanagedConnector],
        guards: [Guard],
        notes: [String]
    ) {
        self.tenant = tenant
        self.revision = revision
        self.observedDigest = observedDigest
        self.policyDigest = policyDigest
        self.planDigest = planDigest
        self.summary = summary
        self.changes = changes
        self.drift = drift
        self.unmanaged = unmanaged
        self.guards = guards
        self.notes = notes
    }
}

/// A limit that holds a plan back, whatever else is right with it.
package struct Guard: Hashable, Sendable, Codable {
    /// Kebab-case and stable, such as `change-limit`, `freeze` or `approval-missing`.
    package var id: String
    package var message: String

    package init(id: String, message: String) {
        self.id = id
        self.message = message
    }
}

/// A connector in the tenant that no definition claims; it is left alone.
package struct UnmanagedConnector: Hashable, Sendable, Codable {
    package var kind: ConnectorKind
    package var displayName: String
    package var origin: ObservedConnector.Origin
    package var risk: RiskLevel
    package var risks: [Risk]

    package init(
        kind: ConnectorKind,
        displayName: String,
        origin: ObservedConnector.Origin,
        risk: RiskLevel,
        risks: [Risk]
    ) {
        self.kind = kind
        self.displayName = displayName
        self.origin = origin
        self.risk = risk
        self.risks = risks
    }
}

/// One connector whose observed fields are not what was last written.
package struct DriftItem: Hashable, Sendable, Codable {
    package enum Form: String, Hashable, Sendable, Codable {
        case changed
        /// The object is gone from the tenant.
        case missing
        /// The object was deleted and made anew by somebody else: same name, other GUID.
        case recreated
    }

    package struct Field: Hashable, Sendable, Codable {
        package var path: String
        package var applied: FieldValue?
        package var observed: FieldValue?
        /// Whether an `AcceptedDrift` covers this value today.
        package var accepted: Bool

        package init(path: String, applied: FieldValue?, observed: FieldValue?, accepted: Bool = false) {
            self.path = path
            self.applied = applied
            self.observed = observed
            self.accepted = accepted
        }
    }

    package var form: Form
    package var kind: ConnectorKind
    package var name: String
    package var displayName: String
    package var fields: [Field]
    /// True when every deviating field is accepted; a missing or re-created object never is.
    package var accepted: Bool

    package init(form: Form, kind: ConnectorKind, name: String, displayName: String, fields: [Field], accepted: Bool) {
        self.form = form
        self.kind = kind
        self.name = name
        self.displayName = displayName
        self.fields = fields
        self.accepted = accepted
    }
}
