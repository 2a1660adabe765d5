import Definitions
import Connectors
import Configuration
import ExchangeOnline
import GitRepositories
import Logging
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
            made: plan.map { entry(of: $0, stop) },
            outcome: ended(stop),
            isClear: isClear(isAttended: true),
            observed: firstObserved,
            applied: applied,
            drift: plan?.drift ?? drift,
            unmanaged: plan?.unmanaged ?? unmanaged,
            weakeningDrift: weakeningDrift,
            ahead: ahead,
            validation: validation
        )
    }

    /// Without definitions it cannot be told, so all of it counts.
    private var weakeningDrift: Set<ConnectorKey> {
        let items = plan?.drift ?? drift
        guard !items.isEmpty, let observed = firstObserved else { return [] }
        guard let desired = desired ?? definitions?.desired, let plan else { return Set(items.map(\.key)) }
        return Planner.weakeningDrift(
            PlanInput(
                tenant: tenant.name,
                revision: plan.revision,
                desired: desired,
                observed: observed,
                applied: applied,
                policy: tenant.policy,
                now: environment.timing.now()
            )
        )
    }

    /// The entry of a plan document.
    private func planned(_ stop: RunStop?) -> TenantPlan {
        guard stop == nil || stop?.status == .stale, let plan else {
            let stop = stop ?? .interrupted
            return TenantPlan(tenant: tenant.name, errors: stop.entries, exitStatus: stop.status)
        }
        return entry(of: plan, stop)
    }

    private func entry(of plan: Plan, _ stop: RunStop?) -> TenantPlan {
        TenantPlan(
            plan: plan,
            judgements: options.judgesPartners ? judgements : nil,
            drift: attributedDrift,
            exitStatus: stop?.status ?? planStatus(plan)
        )
    }

    private func planStatus(_ plan: Plan) -> ExitStatus {
        let verdict = judgements.map(\.verdict).joined
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
            journal: journal,
            drifted: plan?.drift.count { !$0.accepted } ?? 0
        )
    }

    /// Keeps a refusal in the history, unless the last entry says the same.
    mutating func recordRefusal(_ stop: RunStop) async {
        // What came of an earlier run stands in the history under that one.
        guard lease != nil, record == nil, let revision = snapshot?.commit.id,
            ![.interrupted, .rolledBack, .partlyApplied].contains(stop.status)
        else { return }
        let result: RunRecord.Result =
            switch stop.status {
            case .blocked: .blocked
            case .held, .stale: .held
            default: .failed
            }
        let now = environment.timing.now()
        let record = RunRecord(
            id: id,
            tenant: tenant.name,
            command: options.wish == nil ? .apply : .applyAhead,
            revision: revision,
            startedAt: now,
            endedAt: now,
            result: result,
            exitCode: stop.status.rawValue,
            message: stop.message,
            cause: stop.cause,
            nextLook: stop.next,
            author: author,
            subject: subject,
            startedBy: environment.startedBy,
            startedFrom: environment.startedFrom,
            reason: options.wish?.reason
        )
        do throws(RunStop) {
            let name = tenant.name
            let last = try await reading { try await $0.standing(of: name).lastRun }
            if let last, last.revision == revision, last.result == result, last.message == stop.message {
                // The gate counts how often it had its time and could not judge.
                guard stop.cause == .gateUndecided, case .at(let instant)? = last.nextLook, instant <= now else {
                    return
                }
            }
            try await commit(StateChange(run: record))
            self.record = record
        } catch {
            environment.logger.warning(
                "\(tenant.name): The history does not show how this run ended. \(error.message)",
                metadata: logged
            )
        }
    }
}
