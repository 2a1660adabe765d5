import Connectors
import Definitions
import FoundationEssentials
import Planning
import Synchronization

/// Planning for many tenants, with what the tenants hold at hand.
enum PlanningSpeed {
    static let tenants = 1_000

    static func rows(in place: Place) throws -> [Row] {
        let figures = try place.medians(of: ["plan"], runs: 3)
        let input = """
            10,000 definitions of 25 lines, one changed in each tenant; observed and applied state as values in memory
            """
        let all = try figures.figure("all")
        let again = try figures.figure("again")
        return [
            Row(
                "plan of 1,000 tenants × 10 connectors",
                measured: """
                    \(all.asTime), of which \(try figures.figure("plans").asTime) for the plans and the rest for reading YAML
                    """,
                goal: "≤ 0.25 s",
                input: "\(input); from bytes to sealed plans in one process, on both cores; median of 3 × 5",
                isMet: all <= 0.25
            ),
            Row(
                "the same with nothing changed since",
                measured: again.asTime,
                goal: "≤ 20 ms",
                input: """
                    the same tenants asked again of `PlanCache`: the definitions known by their tree's id, observed and \
                    applied state digested again; median of 3 × 5
                    """,
                isMet: again <= 0.020
            ),
        ]
    }

    static func measure(_ count: Int) async {
        let tenants = await Array(0..<count).onEveryCore(SampleTenant.init)
        let cache = PlanCache()
        var (all, plans, again) = ([Double](), [Double](), [Double]())
        for _ in 0..<5 {
            all.append(
                await Usage.wall {
                    let made = await tenants.onEveryCore { tenant in
                        let set = DefinitionReader.read(tenant.files, now: SampleTenant.now)
                        return Planner.plan(tenant.input(set.desired))
                    }
                    precondition(made.allSatisfy { $0.changes.count == 1 && $0.summary.unchanged == 9 })
                }
            )
            let read = await tenants.onEveryCore { tenant in
                tenant.input(DefinitionReader.read(tenant.files, now: SampleTenant.now).desired)
            }
            plans.append(await Usage.wall { _ = await read.onEveryCore { Planner.plan($0) } })
            for (tenant, input) in zip(tenants, read) {
                _ = cache.plan(for: key(of: tenant), now: SampleTenant.now) { input }
            }
            again.append(
                await Usage.wall {
                    let known = await tenants.onEveryCore { cache.plan(for: key(of: $0), now: SampleTenant.now) }
                    precondition(known.allSatisfy { $0 != nil })
                }
            )
        }
        print("all=\(all.median)\nplans=\(plans.median)\nagain=\(again.median)")
    }

    static func key(of tenant: SampleTenant) -> PlanCache.Key {
        PlanCache.Key(
            tenant: tenant.name,
            revision: SampleTenant.commit,
            desired: tenant.tree,
            observed: Seal.contentDigest(of: tenant.observed),
            applied: Seal.digest(of: tenant.applied),
            policy: Seal.digest(of: TenantPolicy())
        )
    }
}
