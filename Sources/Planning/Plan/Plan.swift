package import Connectors

/// Ordered changes for one tenant, sealed to the commit, the observed state and the policy.
///
/// Identical input gives identical bytes. Encoded, it is one entry of `tenants` in the plan document.
package struct Plan: Hashable, Sendable, Codable {
    package var tenant: String
    /// The commit, 40 hex digits; for a working tree `Plan.workingTree`, which cannot be applied.
    ///
    /// What only puts drift back is of the commit in force.
    package var revision: String
    /// The id of the tenant's folder at that commit: a later commit that leaves it alone leaves the plan true.
    ///
    /// Empty for a working tree, where the plan comes from a run's before-images, and where it only puts drift back.
    package var tree: String
    package var observedDigest: String
    package var policyDigest: String
    /// Over everything else in the plan but the commit, whose other folders are not this tenant's, the guards, which
    /// depend on the hour, and the notes, which decide nothing.
    package var planDigest: String
    package var summary: Summary
    /// In the order in which they are applied.
    package var changes: [Change]
    /// Deviations of the tenant from what was last written, whether or not the plan corrects them.
    package var drift: [DriftItem]
    package var unmanaged: [UnmanagedConnector]
    package var guards: [Guard]
    /// What else the reader should know: the service's warnings, what is no longer managed.
    package var notes: [String]
    /// What is to be remembered or forgotten of connectors to which nothing is written.
    ///
    /// It is stored when the plan is applied, also when it has no changes; never while a guard holds the plan.
    package var records: [Record]

    /// The revision of a plan made from files as they lie on disk.
    package static let workingTree = "working-tree"

    package var isOfWorkingTree: Bool { revision == Self.workingTree }

    /// A connector that is remembered as it is, or forgotten and left in the tenant.
    package struct Record: Hashable, Sendable, Codable {
        package var key: ConnectorKey
        /// `nil` forgets the connector.
        package var remembered: Remembered?

        package init(key: ConnectorKey, remembered: Remembered?) {
            self.key = key
            self.remembered = remembered
        }
    }

    /// What is remembered of a connector that already is as its definition says.
    package struct Remembered: Hashable, Sendable, Codable {
        package var guid: String
        package var displayName: String
        package var settings: Settings
        package var isKept: Bool
        package var acceptedRisk: String?
    }

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
        tree: String = "",
        observedDigest: String,
        policyDigest: String,
        planDigest: String,
        summary: Summary,
        changes: [Change],
        drift: [DriftItem],
        unmanaged: [UnmanagedConnector],
        guards: [Guard],
        notes: [String],
        records: [Record] = []
    ) {
        self.tenant = tenant
        self.revision = revision
        self.tree = tree
        self.observedDigest = observedDigest
        self.policyDigest = policyDigest
        self.planDigest = planDigest
        self.summary = summary
        self.changes = changes
        self.drift = drift
        self.unmanaged = unmanaged
        self.guards = guards
        self.notes = notes
        self.records = records
    }
}
