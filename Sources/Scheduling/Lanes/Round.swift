package import Connectors
package import FoundationEssentials

/// What a lane wants done: one run for one tenant.
package struct Round: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The two connector reads, compared by digest with the last ones; nothing moved: nothing else is asked.
        case cheap
        /// All that a tenant is asked, and a plan.
        case full
    }

    /// Counts up within one lane; its outcome bears the same.
    package var number: Int
    package var kind: Kind
    /// In the order of their names.
    package var causes: [Cause]
    /// Whether the changes of the commit may be written, if neither a guard nor the gate holds them.
    package var mayApply: Bool
    /// The deviations that may be put back, and nothing else of these connectors.
    package var corrections: [Correction]
    /// The plans that a person let through.
    package var approvals: [Approval]
    package var beganAt: Date
    /// When it is ended, whatever it waits for.
    package var deadline: Date

    package init(
        number: Int,
        kind: Kind,
        causes: [Cause] = [.interval],
        mayApply: Bool = false,
        corrections: [Correction] = [],
        approvals: [Approval] = [],
        beganAt: Date,
        deadline: Date
    ) {
        self.number = number
        self.kind = kind
        self.causes = causes
        self.mayApply = mayApply
        self.corrections = corrections
        self.approvals = approvals
        self.beganAt = beganAt
        self.deadline = deadline
    }

    /// Whether it may write anything.
    package var mayWrite: Bool { mayApply || !corrections.isEmpty }

    /// What may be put back in one connector.
    package struct Correction: Hashable, Sendable, Codable {
        package var connector: ConnectorKey
        /// The paths of these fields; all of them where the connector is missing.
        package var fields: [String]
        /// Whether the connector is gone and may be created again.
        package var recreates: Bool

        package init(connector: ConnectorKey, fields: [String], recreates: Bool = false) {
            self.connector = connector
            self.fields = fields
            self.recreates = recreates
        }
    }
}

/// A person's word that lets exactly one plan through.
package struct Approval: Hashable, Sendable, Codable {
    /// A `planDigest` or a `changesDigest`, whole or its first hex digits, as it was given.
    package var digest: String
    package var reason: String
    /// The name of the token that gave it.
    package var by: String
    package var at: Date
    /// What the gate said of the plan that was shown; `nil` where it was not asked.
    package var verdict: GateWord.Verdict?

    package init(digest: String, reason: String, by: String, at: Date, verdict: GateWord.Verdict? = nil) {
        self.digest = digest
        self.reason = reason
        self.by = by
        self.at = at
        self.verdict = verdict
    }
}

/// A person's word that a tenant is not written to for a while; it is read all the same.
package struct Suspension: Hashable, Sendable, Codable {
    package var until: Date
    package var reason: String
    /// The name of the token that asked for it.
    package var by: String
    package var since: Date

    package init(until: Date, reason: String, by: String, since: Date) {
        self.until = until
        self.reason = reason
        self.by = by
        self.since = since
    }
}
