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
        return [
            Row(
                "plan of 1,000 tenants × 10 connectors",
                measured: """
                    \(all.asTime), of which \(try figures.figure("plans").asTime) for the plans and the rest for reading YAML
                    """,
                goal: "≤ 0.25 s",
                input: "\(input); from bytes to sealed plans in one process, on both cores; median of 3 × 5",
                isMet: all <= 0.25
            )
        ]
    }

    static func measure(_ count: Int) async {
        let tenants = await Array(0..<count).onEveryCore(SampleTenant.init)
        var (all, plans) = ([Double](), [Double]())
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
        }
        print("all=\(all.median)\nplans=\(plans.median)")
    }
}
