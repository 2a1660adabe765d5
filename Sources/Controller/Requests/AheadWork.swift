import StateStore
import ExchangeOnline
import Reports
import Configuration
import FoundationEssentials
import Planning
import PullRequests
import Reconciling
import Scheduling

/// Has the tenants' lanes carry out what is applied before a merge.
struct AheadWork: Sendable {
    let lanes: LaneRegistry
    let runner: RoundRunner
    let watches: WatchKeeper
    let observer: Observer
    let later: LateServices

    /// Gives an order to its lane, which carries it out between two rounds.
    func give(_ order: AheadOrder, at now: Date) async {
        let dropped: @Sendable () -> Void = {
            let outcome = TenantOutcome(
                tenant: order.tenant,
                state: .held,
                reason: "not-begun",
                text: """
                    Nothing was written: Mitregate stopped before this run began, or the tenant was taken out of the configuration. \
                    If the tenant is still configured, comment mitregate apply again.
                    """,
                run: order.run,
                at: now
            )
            tell(outcome, order)
        }
        guard let worker = lanes[order.tenant] else { return dropped() }
        worker.perform(stopsEarly: true, dropped: dropped) { managed in
            let (ending, outcome) = await runner.carryOut(order, of: managed)
            if (ending?.outcome.written ?? 0) > 0 {
                await watches.endedRun(of: managed)
                later.watching?.look(at: order.tenant)
            }
            observer.appliedAhead(order.tenant, outcome?.state.rawValue ?? "unfinished")
            if outcome?.state == .rolledBack { observer.rolledBack(order.tenant, because: "before-merge") }
            tell(outcome, order)
        }
    }

    /// In a task of its own, so that a forge that is slow delays no lane.
    private func tell(_ outcome: TenantOutcome?, _ order: AheadOrder) {
        later.requests?.enqueue { await order.ended(outcome) }
    }
}

extension LaneRegistry {
    /// By tenant, why it is not written to now, in a sentence that begins after its name.
    func holds(of source: Source) -> [String: String] {
        source.tenants.reduce(into: [:]) { holds, tenant in
            guard let memory = self[tenant.name]?.snapshot.memory else {
                holds[tenant.name] = "is not managed by this controller."
                return
            }
            if let suspension = memory.suspension {
                holds[tenant.name] = "is suspended until \(suspension.until.ISO8601Format())."
                return
            }
            switch memory.rollout {
            case .go: break
            case .waiting, .stopped:
                holds[tenant.name] = "does not have the branch's commit yet: the rollout holds it."
            }
        }
    }
}
