import Connectors
import Foundation
import Planning
import Scheduling
import Site

extension TenantView {
    static let full = TenantView(
        tenant: "fabrikam",
        source: "mail-flow",
        labels: ["region": "north"],
        state: "suspended",
        revision: String(repeating: "a", count: 40),
        head: String(repeating: "b", count: 40),
        since: .start,
        nextLook: .start,
        why: "A person said so.",
        conditions: [
            Condition(
                object: "Tenant/fabrikam",
                type: .drifted,
                status: .true,
                reason: "FieldsChanged",
                message: "One field changed.",
                since: .start
            )
        ],
        suspension: SuspensionView(tenant: "fabrikam", until: .start, reason: "migration", by: "ops", since: .start),
        lastRun: "01KD3V0000000000000000000A",
        changesDigest: PlanView.full.changesDigest,
        breakGlass: [
            BreakGlass(
                tenant: "fabrikam",
                connector: ConnectorKey(kind: .inboundConnector, name: "adatum"),
                displayName: "From Adatum",
                owner: "ops",
                reason: "A breach.",
                since: .start,
                until: .start,
                run: "01KD3V0000000000000000000A"
            )
        ]
    )
}

extension PlanView {
    static let full = PlanView(
        tenant: "contoso",
        revision: String(repeating: "a", count: 40),
        planDigest: "sha256:" + String(repeating: "cd", count: 32),
        changesDigest: "sha256:" + String(repeating: "ab", count: 32),
        made: .start,
        isWaiting: true,
        create: 1,
        update: 2,
        delete: 3,
        drift: 4,
        text: "1 to create",
        verdict: "approve"
    )
}

extension WatchView {
    static let full = WatchView(
        id: "W7",
        tenant: "contoso",
        run: "01KD3V0000000000000000000A",
        object: "OutboundConnector/fabrikam",
        state: "watching",
        reason: "tooLittleMail",
        since: .start,
        ends: .start,
        good: 1,
        bad: 2,
        notCounted: 3,
        text: "Watched."
    )
}

extension RequestView {
    static let full = RequestView(
        id: "R1",
        tenant: "contoso",
        state: .done,
        asked: .start,
        by: "ops",
        run: "01KD3V0000000000000000000A",
        exitCode: 8,
        message: "Rolled back."
    )
}
