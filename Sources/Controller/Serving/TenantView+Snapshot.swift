import Configuration
import FoundationEssentials
import Scheduling
import Site

extension TenantView {
    /// A lane in one word, with why.
    init(_ lane: LaneSnapshot, head: String?, at now: Date) {
        let memory = lane.memory
        let conditions = memory.ledger.conditions
        let ready = conditions.first { $0.type == .ready }
        let deviations = conditions.filter { $0.type == .drifted && $0.status == .true }
        let drifted = deviations.first { $0.reason != UnmanagedText.reason }
        let unmanaged = deviations.count { $0.reason == UnmanagedText.reason }
        let state: String
        let why: String
        var since = ready?.since ?? memory.readySince ?? lane.since
        if lane.running?.mayWrite == true {
            (state, why) = ("running", "A round is at work.")
        } else if let suspension = memory.suspension {
            state = "suspended"
            why = "Suspended by \(suspension.by): \(suspension.reason)"
            since = suspension.since
        } else if memory.lastEnding == nil {
            (state, why) = ("starting", "The first round has not ended yet.")
        } else if let unknown = conditions.first(where: { $0.type == .liveStateUnknown }) {
            (state, why, since) = ("unknown", unknown.message, unknown.since)
        } else if let ready, ready.status != .true {
            let asksForApproval = conditions.contains { $0.type == .approved && $0.status != .true }
            let isWaiting = memory.waiting != nil || memory.hold != nil || asksForApproval || memory.rollout != .go
            state = isWaiting ? "waiting" : drifted != nil ? "drifted" : "failed"
            why = ready.message
        } else if let drifted {
            (state, why, since) = ("drifted", drifted.message, drifted.since)
        } else {
            let others = unmanaged == 1 ? "1 connector is not managed." : "\(unmanaged) connectors are not managed."
            (state, why) = ("in-sync", "Git and tenant agree.\(unmanaged > 0 ? " \(others)" : "")")
        }
        self.init(
            tenant: lane.managed.tenant.name,
            source: lane.managed.source.name,
            labels: lane.managed.tenant.labels.isEmpty ? nil : lane.managed.tenant.labels,
            state: state,
            revision: memory.lastEnding?.revision,
            head: head,
            since: since,
            nextLook: lane.nextLook,
            lastReadAt: memory.lastReadAt,
            why: why,
            conditions: conditions,
            suspension: memory.suspension.map { SuspensionView(tenant: lane.managed.tenant.name, $0) },
            lastRun: memory.lastEnding?.run,
            // No approval lets a plan through that its rollout holds.
            changesDigest: memory.rollout == .go ? lane.plan.flatMap { $0.isWaiting ? $0.changesDigest : nil } : nil
        )
    }
}
