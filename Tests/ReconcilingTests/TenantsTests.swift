import Configuration
import Foundation
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import Testing

/// Several tenants in one invocation.
@Suite struct TenantsTests {
    /// Adds a tenant whose folder is there and which the service does not know.
    private static func addStranger(to bench: Bench) async throws {
        let file = bench.laboratory.folder.appending(path: "mitregate.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.range(of: "      - {name: contoso"))
        let end = try #require(text.range(of: "\nstore:"))
        let other = text[start.lowerBound..<end.lowerBound]
            .replacing("name: contoso", with: "name: stranger")
            .replacing("path: tenants/contoso", with: "path: tenants/stranger")
            .replacing(Laboratory.tenantID, with: "99999999-2222-3333-4444-555555555555")
        try Data(text.replacing("\nstore:", with: "\n\(other)\nstore:").utf8).write(to: file)
        try bench.repository.write(Definition.outbound("litware"), to: "tenants/stranger/litware.yaml")
        try await bench.repository.commit("Another tenant")
    }

    @Test func `a tenant that fails harms no other, and the worst of their ends is the command's`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await Self.addStranger(to: bench)
            let plan = try await bench.planDocument()
            #expect(plan.tenants.map(\.tenant) == ["contoso", "stranger"])
            #expect(plan.tenants.map(\.exitStatus) == [.done, .unknown])
            #expect(plan.exitStatus == .unknown)
            let (reconciler, tenants) = try bench.reconciler()
            let ended = await reconciler.apply(tenants, options: Bench.options())
            #expect(ended.map(\.outcome.exitStatus) == [.done, .unknown])
            #expect(try bench.objects("outboundConnectors").keys.sorted() == ["To fabrikam"])
        }
    }

    @Test func `a tenant that never answers delays no other`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await Self.addStranger(to: bench)
            try bench.faults(
                #"[{"match": {"path": "99999999-2222"}, "times": "always", "effect": {"delay": 600000}}]"#
            )
            let hasEnded = LockedValue(false)
            let endings = try await bench.interrupting({ hasEnded.value }) { report in
                let (reconciler, tenants) = try bench.reconciler { event in
                    if case .ended(let ending) = event.what, ending.tenant == "contoso" { hasEnded.set(true) }
                    report(event)
                }
                return await reconciler.apply(tenants, options: Bench.options())
            }
            #expect(endings.map(\.outcome.exitStatus) == [.done, .interrupted])
            #expect(try bench.objects("outboundConnectors").keys.sorted() == ["To fabrikam"])
        }
    }

    @Test func `one invocation sees one commit, also when the branch moves meanwhile`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await Self.addStranger(to: bench)
            let (reconciler, tenants) = try bench.reconciler()
            let first = await reconciler.plan(tenants, options: Bench.options())
            try await bench.repository.commit("Later")
            let second = await reconciler.plan(tenants, options: Bench.options())
            #expect(first.first?.plan.plan?.revision == second.first?.plan.plan?.revision)
        }
    }
}
