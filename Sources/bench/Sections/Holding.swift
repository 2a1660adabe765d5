import Definitions
import FoundationEssentials
import Glibc
import Planning

/// What a process weighs that holds many tenants.
enum Holding {
    static func rows(in place: Place) throws -> [Row] {
        let figures = try place.medians(of: ["hold"], runs: 3)
        let memory = try figures.figure("memory")
        return [
            Row(
                "memory at rest with 1,000 tenants",
                measured: "\(memory.asMemory), \(try figures.figure("peak").asMemory) at its peak",
                goal: "≤ 60 MiB",
                input: """
                    10 connectors each: parsed files, desired, observed (each with its row of some 1.5 KiB) and applied state, \
                    and the last plan, resident a second after the last was made; median of 3 processes
                    """,
                isMet: memory <= 60 * 1_048_576
            )
        ]
    }

    private struct Held {
        let tenant: SampleTenant
        let files: [ParsedFile]
        let definitions: DefinitionSet
        let plan: Plan
    }

    static func measure() async {
        let held = (0..<PlanningSpeed.tenants).map { number in
            let tenant = SampleTenant(number)
            let files = tenant.files.map(DefinitionReader.parse)
            let definitions = DefinitionReader.assemble(files, now: SampleTenant.now)
            let plan = Planner.plan(tenant.input(definitions.desired))
            return Held(tenant: tenant, files: files, definitions: definitions, plan: plan)
        }
        try? await Task.sleep(for: .seconds(1))
        print("memory=\(Usage.ownMemory)")
        precondition(held.allSatisfy { $0.plan.changes.count == 1 && !$0.files.isEmpty })
    }
}
