import StateStore
import Configuration
import Connectors
import FoundationEssentials
import GitRepositories
import Planning
import PullRequests
import Reconciling
import Reports
import YAML

extension RequestDesk {
    /// Finds out what a request would do to a tenant: reads, plans and judges, and can write nothing.
    func find(
        _ work: TenantDecision,
        in source: Source,
        at merged: Commit,
        _ mirror: RequestMirror,
        request: Int? = nil
    ) async -> (result: TenantResult, plan: TenantPlan?, lead: AheadRun?) {
        guard let tenant = source.tenants.first(where: { $0.name == work.tenant }) else {
            return (.unplanned(reason: "The tenant is no longer configured."), nil, nil)
        }
        var unsigned = source
        // The merge is ours and has no signature; what is merged in the end is checked then.
        unsigned.verification = nil
        let snapshot = SourceSnapshot(storage: mirror, commit: merged, local: nil)
        let pass = Pass(environment, known: [source.name: snapshot])
        var options = TenantRun.Options()
        options.judgesPartners = work.asksGate
        options.checksReviews = false
        options.states = tools.remembered
        options.request = request
        let ending = await Reconciler(environment, shared: tools.shared, pass: pass).run(
            ManagedTenant(source: unsigned, tenant: tenant),
            work.asksForPlan ? TenantRun.planning : TenantRun.validating,
            options: options
        )
        let lead = await lead(of: request, in: tenant.name, ending.applied)
        if let stop = ending.stop {
            return (TenantResult(invalid: stop) ?? .unplanned(reason: stop.message), ending.plan, lead)
        }
        guard work.asksForPlan, let plan = ending.plan.plan else { return (.valid, nil, nil) }
        // A plan that is held for its size has its partners not asked; it was asked all the same.
        return (
            .planned(plan, judgements: work.asksGate ? ending.plan.judgements ?? [] : nil), ending.plan, lead
        )
    }
}

extension RequestDesk {
    /// The last run that applied the request before its merge, where something of it stands.
    private func lead(of request: Int?, in tenant: String, _ applied: AppliedTenant) async -> AheadRun? {
        guard let request, tools.remembered == nil,
            let runs = try? await environment.store.aheadRuns(of: tenant)
        else { return nil }
        return runs.filter { $0.source == name && $0.request == request && $0.stands(in: applied) }.max {
            $0.run < $1.run
        }
    }
}

extension TenantResult {
    /// What is wrong with the definitions themselves; `nil` for any other reason to stop.
    fileprivate init?(invalid stop: RunStop) {
        let errors = stop.diagnostics.filter { $0.severity == .error }
        if stop.cause == .definitionsInvalid, let first = errors.first {
            let position = first.position
            let place = SourcePosition(file: position.file, line: position.line, instance: position.instance)
                .description
            self = .invalid(
                errors: errors.count,
                first: "\(place.escapingControls): \(first.reason.escapingControls)"
            )
        } else if stop.id.hasPrefix("source-") {
            self = .invalid(errors: 1, first: stop.message)
        } else {
            return nil
        }
    }
}
