import Reports
import ExchangeOnline
import Configuration
import Planning
import PullRequests
import Reconciling

extension RoundRunner {
    /// Applies what a request changes before its merge, as the round that it takes the place of would: in its turn among
    /// all, and giving it up while it waits out a bake.
    func carryOut(_ order: AheadOrder, of managed: ManagedTenant) async -> (ending: RunEnding?, outcome: TenantOutcome?)
    {
        await gate.enter()
        var environment = newEnvironment()
        environment.onLongWait = { [gate] isWaiting in
            if isWaiting { await gate.leave() } else { await gate.enter() }
        }
        environment.startedBy = order.wish.run.by
        let (used, shared) = (environment, shared)
        let result = await order.carryOut(at: environment.timing.now) { known, options in
            await Reconciler(used, shared: shared, pass: Pass(used, known: known))
                .run(managed, TenantRun.applyingAhead, options: options)
        }
        await gate.leave()
        return result
    }
}
