import Configuration
import GitRepositories
import ExchangeOnline
import Planning
import Reports
import StateStore
import TLSGate

/// The one place that turns what a run knows at its end into a status.
extension TenantRun {
    func ending(_ stop: RunStop?) -> RunEnding {
        RunEnding(
            tenant: tenant.name,
            stop: stop,
            plan: planned(stop),
            outcome: ended(stop),
            isClear: isClear(isAttended: true)
        )
    }

    /// The entry of a plan document.
    private func planned(_ stop: RunStop?) -> TenantPlan {
        guard stop == nil || stop?.status == .stale, let plan else {
            let stop = stop ?? .interrupted
            return TenantPlan(tenant: tenant.name, errors: stop.entries, exitStatus: stop.status)
        }
        return TenantPlan(
            plan: plan,
            judgements: options.judgesPartners ? judgements : nil,
            exitStatus: stop?.status ?? planStatus(plan)
        )
    }

    private func planStatus(_ plan: Plan) -> ExitStatus {
        let verdict = judgements.map(\.decision).joined
        if verdict == .block && !plan.changes.isEmpty { return .blocked }
        if !plan.guards.isEmpty { return .held }
        if verdict >= .approve && !plan.changes.isEmpty { return .held }
        return .done
    }

    /// The entry of an apply document.
    func ended(_ stop: RunStop?) -> TenantApply {
        TenantApply(
            tenant: tenant.name,
            revision: plan?.revision ?? snapshot?.commit.id,
            run: record?.id,
            result: journal?.result ?? (stop == nil ? .unchanged : nil),
            written: journal?.steps.count { $0.state == .confirmed } ?? 0,
            message: record?.message ?? "",
            error: stop?.entry,
            exitStatus: stop?.status ?? .done,
            journal: journal
        )
    }

    /// Keeps a refusal in the history, unless the last entry says the same.
    mutating func recordRefusal(_ stop: RunStop) async {
        guard record == nil, let revision = snapshot?.commit.id, stop.status != .interrupted else { return }
        let result: RunRecord.Result =
            switch stop.status {
            case .blocked: .blocked
            case .held, .stale: .held
            default: .failed
            }
        let last = try? await environment.store.runs(tenant: tenant.name, limit: 1).first
        guard last?.revision != revision || last?.result != result || last?.message != stop.message else { return }
        let now = environment.timing.now()
        let record = RunRecord(
            id: RunID.make(now: now),
            tenant: tenant.name,
            command: .apply,
            revision: revision,
            startedAt: now,
            endedAt: now,
            result: result,
            exitCode: stop.status.rawValue,
            message: stop.message,
            cause: stop.cause,
            nextLook: stop.next
        )
        try? await environment.store.saveRun(record)
        self.record = record
    }
}
