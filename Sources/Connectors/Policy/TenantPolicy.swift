/// What the operator's configuration says of one tenant, as far as a plan depends on it.
package struct TenantPolicy: Hashable, Sendable, Codable {
    package enum Changes: String, Hashable, Sendable, Codable, CaseIterable { case apply, propose }
    package enum Drift: String, Hashable, Sendable, Codable, CaseIterable {
        case report, propose, correct
    }
    package enum Prune: String, Hashable, Sendable, Codable, CaseIterable { case orphan, delete }

    package struct Limits: Hashable, Sendable, Codable {
        package var changes: Int
        package var deletes: Int

        package init(changes: Int = 20, deletes: Int = 2) {
            self.changes = changes
            self.deletes = deletes
        }
    }

    /// A time in which nothing is applied: from each instant that a cron expression names, for a duration.
    package struct Freeze: Hashable, Sendable, Codable {
        /// Five fields: minute, hour, day of month, month, day of week; names such as FRI and steps are taken.
        package var cron: String
        package var durationSeconds: Int
        /// A name of the IANA time zone database.
        package var timeZone: String

        package init(cron: String, durationSeconds: Int, timeZone: String) {
            self.cron = cron
            self.durationSeconds = durationSeconds
            self.timeZone = timeZone
        }
    }

    package var changes: Changes
    package var drift: Drift
    package var prune: Prune
    package var limits: Limits
    package var freezes: [Freeze]

    package init(
        changes: Changes = .apply,
        drift: Drift = .report,
        prune: Prune = .orphan,
        limits: Limits = Limits(),
        freezes: [Freeze] = []
    ) {
        self.changes = changes
        self.drift = drift
        self.prune = prune
        self.limits = limits
        self.freezes = freezes
    }
}
