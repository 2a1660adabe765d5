import Foundation
import Laboratory
import Planning
import Reconciling
import Testing

/// A list of steps in which one is missing or comes too late can only be our own fault; it must not pass for a run.
@Suite struct StepOrderTests {
    /// All but the last: what would miss it is the next run.
    private static let places = Array(TenantRun.reconciling.indices.dropLast())
    /// The first step whose place is behind a write, among `reconciling`: `validate`.
    private static let firstAfterWrite = TenantRun.reconciling.count - 3

    private static func run(
        _ steps: [TenantRun.Step],
        _ check: @Sendable (_ ending: RunEnding, _ bench: Bench) async throws -> Void
    ) async throws {
        let settings = "bake: 1m, validate: after-apply"
        try await Bench.with(settings: settings, files: ["a.yaml": Definition.outbound("adatum")]) { bench in
            let (reconciler, tenants) = try bench.reconciler()
            let managed = try #require(tenants.first)
            try await check(await reconciler.run(managed, steps, options: Bench.options()), bench)
        }
    }

    @Test(arguments: places)
    func `a run without one of its steps ends, writes nothing that was not cleared, and remembers nothing`(
        missing: Int
    ) async throws {
        var steps = TenantRun.reconciling
        steps.remove(at: missing)
        try await Self.run(steps) { ending, bench in
            #expect(ending.stop?.id == "step-missing", "\(String(describing: ending.stop))")
            #expect(bench.writes.isEmpty || missing >= Self.firstAfterWrite, "\(bench.writes)")
            let revision = try await bench.applied().revision
            #expect(revision == nil)
        }
    }

    @Test(arguments: places.dropFirst())
    func `a step that comes before the one that it builds on is noticed, and nothing is written uncleared`(
        early: Int
    ) async throws {
        var steps = TenantRun.reconciling
        steps.swapAt(early - 1, early)
        try await Self.run(steps) { ending, bench in
            let isHarmless = bench.writes.map(\.cmdlet) == ["New-OutboundConnector"] && ending.stop == nil
            #expect(isHarmless || ending.stop?.id == "step-missing", "\(String(describing: ending.stop))")
            #expect(isHarmless || bench.writes.isEmpty || early == Self.firstAfterWrite, "\(bench.writes)")
        }
    }

    @Test func `the whole list, in its order, applies the commit`() async throws {
        try await Self.run(TenantRun.reconciling) { ending, bench in
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(bench.writes.map(\.cmdlet) == ["New-OutboundConnector"])
            let revision = try await bench.applied().revision
            #expect(revision != nil)
        }
    }
}
