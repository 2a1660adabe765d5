import Connectors
import Foundation
import Laboratory
import Planning
import Reconciling
import Scheduling
import StateStore
import Testing

@testable import Controller

/// What a lane that corrects drift makes of what a real round saw.
@Suite(.timeLimit(.minutes(5)))
struct WeakeningDriftTests {
    @Test(arguments: [(#""TlsSettings": "CertificateValidation""#, 0), (#""Comment": "Hers""#, 1)])
    func `drift is put back by itself, unless the tenant is safer with it`(
        _ change: String,
        _ count: Int
    ) async throws {
        try await WatchBench.with { bench in
            let text = WatchBench.outbound("fabrikam", "tlsSettings: EncryptionOnly, comment: First")
            _ = try await bench.round(["fabrikam.yaml": text])
            try bench.tamper(change)
            let now = Date()
            var lane = Lane(tenant: WatchBench.tenant, policy: LanePolicy(drift: .correct, correctAfter: .zero))
            _ = lane.handle(.started, at: now, chance: 0)
            let round = try #require(lane.running)
            let report = await bench.runner.carryOut(round, of: bench.managed, knowing: RoundRunner.Known())
            guard case .read(let live) = report.outcome.live else {
                Issue.record("\(report.outcome)")
                return
            }
            #expect(live.drift.count == 1)
            _ = lane.handle(.roundEnded(report.outcome), at: now, chance: 0)
            #expect((lane.running?.corrections ?? []).count == count, "\(live.drift)")
        }
    }
}
