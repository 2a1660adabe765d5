import ExchangeOnline
import FoundationEssentials
import Scheduling
import Synchronization
import Testing

@testable import Controller

struct TenantBudgetsTests {
    @Test func `a tenant that has spent its own waits for the rate, and delays no other`() async {
        let time = VirtualTime()
        let budget = RequestBudget(tenant: .init(burst: 3, perSecond: 1), process: .init(burst: 100, perSecond: 100))
        let budgets = TenantBudgets(budget, timing: time.timing)
        let busy = budgets.pacing(of: "busy")
        for _ in 0..<10 { #expect(await busy.turn(true) == nil) }
        // Three at once, and seven at one a second.
        #expect(abs(time.slept - 7) < 0.01)
        let before = time.slept
        #expect(await budgets.pacing(of: "idle").turn(true) == nil)
        #expect(time.slept == before)
    }

    @Test func `all tenants together keep to the budget of the process`() async {
        let time = VirtualTime()
        let budget = RequestBudget(tenant: .init(burst: 100, perSecond: 100), process: .init(burst: 5, perSecond: 1))
        let budgets = TenantBudgets(budget, timing: time.timing)
        for tenant in 0..<10 { #expect(await budgets.pacing(of: "\(tenant)").turn(true) == nil) }
        #expect(abs(time.slept - 5) < 0.01)
    }

    @Test func `Retry-After wins over what is left, for all who ask that tenant, and for no other`() async {
        let time = VirtualTime()
        let budgets = TenantBudgets(timing: time.timing)
        budgets.pacing(of: "a").rest(.seconds(40))
        #expect(await budgets.pacing(of: "a").turn(true) == .seconds(40))
        #expect(await budgets.pacing(of: "a").turn(false) == nil)
        #expect(await budgets.pacing(of: "b").turn(true) == nil)
        time.advance(by: 40)
        #expect(await budgets.pacing(of: "a").turn(true) == nil)
    }

    @Test func `who is cancelled does not wait`() async {
        let budget = RequestBudget(tenant: .init(burst: 1, perSecond: 0.001), process: .init(burst: 9, perSecond: 9))
        let budgets = TenantBudgets(budget, timing: Timing())
        let task = Task {
            _ = await budgets.pacing(of: "a").turn(true)
            return await budgets.pacing(of: "a").turn(true)
        }
        task.cancel()
        #expect(await task.value == nil)
    }
}
