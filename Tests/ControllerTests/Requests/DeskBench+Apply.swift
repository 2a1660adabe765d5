import Controller
import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import Reconciling
import StateStore

/// What tests of `mitregate apply` in a comment begin with, and what may happen meanwhile.
extension DeskBench {
    /// What a source says that lets a comment apply.
    static let appliesByComment = "apply: comment"

    /// A request that is shown and approved by another person.
    static func withApproved(_ body: @Sendable (DeskBench) async throws -> Void) async throws {
        try await with(forge: appliesByComment) { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            await bench.approve()
            try await body(bench)
        }
    }

    /// An administrator changes the connector's comment.
    func setComment(_ text: String) async throws {
        try laboratory.simulator.edit(
            tenant: Laboratory.tenantID,
            userId: "eve@contoso.com",
            cmdlet: "Set-InboundConnector",
            parameters: #"{"Identity": "From fabrikam", "Comment": "\#(text)"}"#
        )
    }

    /// - Parameter run: Whose it is; one that nobody knows unless it is given.
    func lease(for run: String? = nil) async throws -> Lease {
        let holder = RunHolder.current(run: run ?? RunID.make(now: shift.now))
        guard case .granted(let lease) = try await store.acquire("contoso", by: holder, for: .seconds(300)) else {
            throw CancellationError()
        }
        return lease
    }

    func quarantine() async throws {
        let lease = try await lease()
        let quarantine = Quarantine(
            tenant: "contoso",
            revision: try await tip(),
            run: RunID.make(now: shift.now),
            reason: "a test",
            since: shift.now
        )
        try await store.commit(StateChange(quarantine: .set(quarantine)), under: lease)
        try await store.release(lease)
    }
}
