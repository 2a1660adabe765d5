import Connectors
import Foundation
import Testing

@testable import TLSGate

/// What counts as worse than before the write, of what the gate says at the end of `bake`.
struct GateComparisonTests {
    private static func judgement(
        _ verdict: Verdict,
        _ result: Deliverability,
        failing subjects: [String] = []
    ) -> Judgement {
        Judgement(
            connector: ConnectorKey(kind: .outboundConnector, name: "fabrikam"),
            verdict: verdict,
            findings: subjects.map {
                Finding(
                    check: "tls-missing",
                    outcome: .fail,
                    subject: $0,
                    message: "It offers no TLS.",
                    remedy: "They switch it on."
                )
            },
            nextHops: [NextHopVerdict(name: "fabrikam.example", result: result, verdict: verdict, hosts: [])],
            expiresAt: .distantFuture,
            digest: "sha256:00"
        )
    }

    private static let good = judgement(.pass, .deliverable)
    private static let degraded = judgement(.approve, .degraded, failing: ["mx1"])

    static let rows: [(before: Judgement, after: Judgement, problems: [String], isOpen: Bool)] = [
        (good, good, [], false),
        (good, judgement(.hold, .unknown), [], true),
        (judgement(.hold, .unknown), judgement(.hold, .unknown), [], false),
        (
            good, judgement(.block, .undeliverable, failing: ["mx1"]),
            ["OutboundConnector/fabrikam was pass and is block: mx1: It offers no TLS."], false
        ),
        (good, degraded, ["OutboundConnector/fabrikam was pass and is approve: mx1: It offers no TLS."], false),
        (degraded, degraded, [], false),
        (degraded, good, [], false),
        (
            degraded, judgement(.block, .undeliverable, failing: ["mx1", "mx2"]),
            ["OutboundConnector/fabrikam was approve and is block: mx2: It offers no TLS."], false
        ),
        // The good server is gone, and the other failed before.
        (
            degraded, judgement(.block, .undeliverable, failing: ["mx1"]),
            [
                "OutboundConnector/fabrikam was approve and is block: no server of fabrikam.example that was good before takes the mail now"
            ], false
        ),
    ]

    @Test(arguments: rows)
    func `worse is what was seen to fail where it did not before`(
        before: Judgement,
        after: Judgement,
        problems: [String],
        isOpen: Bool
    ) {
        let comparison = GateComparison(before: before, after: after)
        #expect(comparison.problems == problems)
        #expect(comparison.isOpen == isOpen)
    }
}
