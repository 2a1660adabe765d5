import Connectors
import Foundation
import MailWatch
import Planning
import Testing

/// Which watches a finished run calls for.
@Suite struct StartTests {
    private func observed(_ kind: ConnectorKind, _ name: String, _ settings: Settings) -> ObservedConnector {
        ObservedConnector(kind: kind, guid: "guid-\(name)", displayName: name, settings: settings)
    }

    private func step(
        _ action: Change.Action,
        _ kind: ConnectorKind,
        _ name: String,
        before: Settings?,
        after: Settings?
    ) -> Journal.Step {
        let write = Write(
            action: action,
            kind: kind,
            name: name,
            displayName: name,
            settings: after ?? [:],
            expected: [:]
        )
        var step = Journal.Step(write: write, before: before.map { observed(kind, name, $0) }, state: .confirmed)
        step.after = after.map { observed(kind, name, $0) }
        step.guid = "guid-\(name)"
        return step
    }

    private func watches(
        _ steps: [Journal.Step],
        result: RunRecord.Result = .applied,
        connectors: [ObservedConnector] = [],
        confirmedAt: [ConnectorKey: Date] = [:]
    ) -> [Watch] {
        let journal = Journal(
            run: "7f3a",
            tenant: "contoso",
            revision: "1c9e",
            planDigest: "d",
            phase: .finished,
            steps: steps,
            result: result
        )
        var number = 0
        let start = WatchStart(
            appliedAt: applied,
            confirmedAt: confirmedAt,
            policy: WatchPolicy(),
            newID: {
                number += 1
                return "w\(number)"
            },
            newKey: { [UInt8](repeating: 1, count: 32) }
        )
        return start.watches(of: journal, in: ObservedTenant(connectors: connectors, readAt: applied))
    }

    @Test func `each changed outbound connector is watched, and they share the risk of a false verdict`() {
        let made = watches(
            [
                step(.update, .outboundConnector, "a", before: [:], after: ["tlsSettings": "EncryptionOnly"]),
                step(.create, .outboundConnector, "b", before: nil, after: [:]),
                step(.delete, .outboundConnector, "c", before: [:], after: nil),
            ],
            confirmedAt: [ConnectorKey(kind: .outboundConnector, name: "b"): minutes(1)]
        )
        #expect(made.map(\.id) == ["w1", "w2", "w3"])
        #expect(made.map(\.object.name) == ["a", "b", "c"])
        #expect(made.allSatisfy { $0.connectors == 3 && $0.state == .settling })
        #expect(made.map(\.appliedAt) == [applied, minutes(1), applied])
        #expect(made[0].change.changedFields == ["tlsSettings"])
        #expect(made[1].change.connector.before == nil)
        #expect(made[2].change.connector.after == nil)
    }

    @Test(arguments: [RunRecord.Result.rolledBack, .failed, .partlyApplied, .unchanged])
    func `a run that did not end applied starts no watch`(_ result: RunRecord.Result) {
        let steps = [step(.update, .outboundConnector, "a", before: [:], after: ["enabled": false])]
        #expect(watches(steps, result: result).isEmpty)
    }

    @Test func `several writes to one connector are one change`() {
        let made = watches([
            step(.create, .outboundConnector, "a", before: nil, after: ["recipientDomains": ["x.com"]]),
            step(
                .update,
                .outboundConnector,
                "a",
                before: nil,
                after: ["recipientDomains": ["x.com"], "enabled": false]
            ),
        ])
        #expect(made.count == 1)
        #expect(made[0].change.connector.after?["enabled"] == false)
    }

    @Test func `a rule belongs to the connector that it leads to, changed by the run or not`() {
        let rule = step(
            .create,
            .transportRule,
            "courts",
            before: nil,
            after: ["routeMessageOutboundConnector": "Relay", "recipientDomainIs": ["court.example"]]
        )
        let relay = observed(.outboundConnector, "relay", ["isTransportRuleScoped": true])
        let made = watches([rule], connectors: [relay])
        #expect(made.map(\.object.name) == ["relay"])
        #expect(made[0].change.rules.map(\.key.name) == ["courts"])
        #expect(made[0].change.changedFields == ["transportRule"])
        #expect(made[0].scopeText == "court.example")
        let alone = step(.create, .transportRule, "tls", before: nil, after: ["routeMessageOutboundRequireTls": true])
        #expect(watches([alone], connectors: [relay]).isEmpty)
    }

    @Test(
        arguments: [
            ("a restriction is new", [:], ["restrictDomainsToCertificate": true], 1),
            (
                "another name is asked for", ["restrictDomainsToCertificate": true],
                ["restrictDomainsToCertificate": true, "tlsSenderCertificateName": "x.com"], 1
            ),
            ("nothing is refused", [:], ["requireTls": true], 0),
            (
                "only a comment changed", ["restrictDomainsToCertificate": true],
                ["restrictDomainsToCertificate": true, "comment": "x"], 0
            ),
            (
                "the connector is for own servers", [:],
                ["restrictDomainsToCertificate": true, "connectorType": "OnPremises"], 0
            ),
            ("the connector is out of use", [:], ["restrictDomainsToCertificate": true, "enabled": false], 0),
        ] as [(String, Settings, Settings, Int)]
    )
    func `an inbound connector is watched where it refuses mail and the run changed what`(
        _ name: String,
        _ before: Settings,
        _ after: Settings,
        _ count: Int
    ) {
        let domains: Settings = ["senderDomains": ["contoso.com"]]
        let write = step(
            .update,
            .inboundConnector,
            "in",
            before: before.merging(domains) { $1 },
            after: after.merging(domains) { $1 }
        )
        #expect(watches([write]).count == count)
    }

    @Test func `images hold no comment and no recipient of a test`() throws {
        let settings: Settings = ["comment": "SECRET", "validationRecipients": ["SECRET@contoso.com"]]
        let made = watches([step(.update, .outboundConnector, "a", before: [:], after: settings)])
        #expect(try !made[0].stored.contains("SECRET"))
    }
}
