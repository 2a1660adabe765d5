import Planning
import Configuration
import FoundationEssentials
import Metrics
import Scheduling

/// What the controller counts, and what it reckons when it is asked.
struct Observer: Sendable {
    let registry = MetricsRegistry()
    let version: String

    func ended(_ report: RoundReport, _ round: Round, took seconds: Double, tenant: String) {
        if round.kind == .full {
            let timer = Metrics.Timer(
                label: MetricName.runDuration.rawValue,
                dimensions: [
                    ("command", round.mayWrite ? "apply" : "plan"), ("result", report.outcome.result.rawValue),
                ],
                factory: registry
            )
            timer.recordSeconds(seconds)
        }
        guard report.outcome.result == .rolledBack else { return }
        rolledBack(tenant, because: report.outcome.cause?.rawValue ?? "unknown")
    }

    /// A run was rolled back; the reason is a cause, or who decided it.
    func rolledBack(_ tenant: String, because reason: String) {
        Counter(
            label: MetricName.rollback.rawValue,
            dimensions: [("tenant", tenant), ("reason", reason)],
            factory: registry
        )
        .increment()
    }

    /// What became of a tenant that was to be applied before a merge.
    func appliedAhead(_ tenant: String, _ result: String) {
        Counter(
            label: MetricName.commentApplies.rawValue,
            dimensions: [("tenant", tenant), ("result", result)],
            factory: registry
        )
        .increment()
    }

    func watchEnded(_ outcome: String, tenant: String) {
        Counter(
            label: MetricName.watchOutcome.rawValue,
            dimensions: [("tenant", tenant), ("outcome", outcome)],
            factory: registry
        )
        .increment()
    }

    /// A request to a tenant's services ended.
    func requested(_ name: String, of tenant: String, status: Int?) {
        let label = RequestLabel(name, status: status)
        Counter(
            label: MetricName.exchangeRequests.rawValue,
            dimensions: [("tenant", tenant), ("cmdlet", label.cmdlet), ("status", label.status)],
            factory: registry
        )
        .increment()
    }

    func raised(_ event: Event) {
        Counter(
            label: MetricName.events.rawValue,
            dimensions: [
                ("condition", event.condition.rawValue), ("severity", event.severity.rawValue),
                ("transition", event.transition.rawValue),
            ],
            factory: registry
        )
        .increment()
    }

    func page(
        _ lanes: [LaneSnapshot],
        _ sources: [String: SourceKeeper.State],
        certificates: [PartnerCertificate] = [],
        credentials: [String: Date] = [:],
        watches: [String: Int] = [:],
        queue: Int,
        at now: Date
    ) -> String {
        var page = MetricsPage()
        page.add(registry)
        page.add(.build, [("version", version)], 1)
        page.add(.queueDepth, [], Double(queue))
        for (name, state) in sources {
            if let readAt = state.readAt {
                page.add(.sourceFetchAge, [("source", name)], max(0, now.timeIntervalSince(readAt)))
            }
            page.add(.sourceHealthy, [("source", name)], state.trouble == nil && state.snapshot != nil ? 1 : 0)
        }
        for certificate in certificates {
            page.add(
                .certificateExpiry,
                [("tenant", certificate.tenant), ("partner", certificate.host), ("subject", certificate.names)],
                certificate.notAfter.timeIntervalSince1970.rounded()
            )
        }
        for (tenant, end) in credentials {
            page.add(.credentialExpiry, [("tenant", tenant)], end.timeIntervalSince1970.rounded())
        }
        for lane in lanes {
            add(lane, to: &page, at: now)
            let tenant = lane.managed.tenant.name
            page.add(.watchActive, [("tenant", tenant)], Double(watches[tenant] ?? 0))
        }
        return page.text
    }

    private func add(_ lane: LaneSnapshot, to page: inout MetricsPage, at now: Date) {
        let tenant = ("tenant", lane.managed.tenant.name)
        var seen: Set<String> = []
        for condition in lane.memory.ledger.conditions
        where seen.insert("\(condition.type.rawValue) \(condition.status.rawValue)").inserted {
            page.add(
                .tenantCondition,
                [tenant, ("type", condition.type.rawValue), ("status", condition.status.rawValue)],
                1
            )
        }
        if let ended = lane.lastRoundAt { page.add(.lastRound, [tenant], ended.timeIntervalSince1970.rounded()) }
        if let readAt = lane.memory.lastReadAt {
            page.add(.liveReadAge, [tenant], max(0, now.timeIntervalSince(readAt)).rounded())
        }
        if let suspension = lane.memory.suspension {
            page.add(.suspendedUntil, [tenant], suspension.until.timeIntervalSince1970.rounded())
        }
        if let live = lane.live {
            page.add(.driftedConnectors, [tenant], Double(live.drift.count { !$0.item.accepted && $0.author != .ours }))
            for (risk, connectors) in Dictionary(grouping: live.unmanaged, by: \.risk) {
                page.add(.unmanagedConnectors, [tenant, ("risk", risk.rawValue)], Double(connectors.count))
            }
        }
        if let gate = lane.gate { page.add(.gateVerdict, [tenant, ("verdict", gate.verdict.rawValue)], 1) }
    }
}
