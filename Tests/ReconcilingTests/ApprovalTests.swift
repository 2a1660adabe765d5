import Connectors
import Foundation
import Planning
import Reconciling
import Reports
import StateStore
import TLSGate
import Testing

/// A plan that a person let through goes through as it was shown; the gate is asked again, and worse is held.
@Suite struct ApprovalTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let shown: Verdict?
        /// Why it is held; `nil` where it goes through.
        let held: String?
        var cause: StopCause?

        var testDescription: String { "shown \(shown?.rawValue ?? "none"): \(held ?? "applied")" }
    }

    /// Inbound mail from a partner of which no certificate was ever seen: the gate wants a person to accept that.
    private static let files = ["fabrikam.yaml": Definition.inbound("fabrikam")]

    @Test(arguments: [
        Case(shown: nil, held: "gate-approval", cause: .gateApproval),
        Case(shown: .pass, held: "gate-worse", cause: .gateApproval),
        Case(shown: .warn, held: "gate-worse", cause: .gateApproval),
        Case(shown: .approve, held: nil),
        Case(shown: .hold, held: nil),
    ])
    func `what the gate said when it was approved`(_ example: Case) async throws {
        try await Bench.with(files: Self.files) { bench in
            let plan = try #require(try await bench.plan(TenantRun.Options()).plan)
            var options = TenantRun.Options()
            options.approvals = [TenantRun.Approval(digest: plan.changesDigest, verdict: example.shown)]
            let ended = try await bench.apply(options)
            #expect(ended.error?.id == example.held, "\(ended)")
            #expect((ended.result == .applied) == (example.held == nil))
            guard example.held != nil else { return }
            #expect(try await bench.runs().first?.cause == example.cause)
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `an approval of another plan lets nothing through`() async throws {
        try await Bench.with(files: Self.files) { (bench: Bench) async throws in
            var options = TenantRun.Options()
            options.approvals = [TenantRun.Approval(digest: "sha256:0123456789abcdef", verdict: .block)]
            #expect(try await bench.apply(options).error?.id == "gate-approval")
        }
    }

    @Test func `who approved worse meanwhile is heard, whichever came first`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let digest = try #require(try await bench.plan(TenantRun.Options()).plan).changesDigest
            var options = TenantRun.Options()
            options.approvals = [
                TenantRun.Approval(digest: digest, verdict: .approve),
                TenantRun.Approval(digest: digest, verdict: .pass),
            ]
            #expect(try await bench.apply(options).result == .applied)
        }
    }
}
