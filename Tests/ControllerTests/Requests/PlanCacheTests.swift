import PullRequests
import Reports
import Testing

@testable import Controller

/// The plans that comments are made of.
@Suite struct PlanCacheTests {
    @Test func `a plan is at hand only for the folders that it was made of`() {
        let plan = TenantPlan(tenant: "contoso", errors: [], exitStatus: .held)
        let trees = TenantTrees(tenant: "contoso", base: "t0", merged: "t1")
        var plans = PlanCache()
        plans.keep(plan, of: trees, in: 7)
        #expect(plans[7, trees] == plan)
        #expect(plans[8, trees] == nil)
        #expect(plans[7, TenantTrees(tenant: "contoso", base: "t0", merged: "t2")] == nil)
        #expect(plans[7, TenantTrees(tenant: "contoso", base: "t2", merged: "t1")] == nil)
    }
}
