package import Configuration
package import Planning

extension TenantPolicy {
    /// What of a tenant's configuration a plan depends on.
    package init(_ tenant: TenantConfiguration) {
        self.init(
            changes: tenant.changes == .propose ? .propose : .apply,
            drift: tenant.drift == .correct ? .correct : tenant.drift == .propose ? .propose : .report,
            prune: tenant.prune == .delete ? .delete : .orphan,
            limits: Limits(changes: tenant.limits.changes, deletes: tenant.limits.deletes),
            freezes: tenant.freezes.map {
                Freeze(
                    cron: $0.cron,
                    durationSeconds: Int($0.duration.components.seconds),
                    timeZone: $0.timeZone
                )
            }
        )
    }
}
