import Connectors
import Foundation
import Probing
import TLSGate
import TestSupport
import Testing

@Suite struct TextTests {
    /// Every message that the tables can give, as people read it: a change of wording shows in the diff.
    @Test func `all findings read as in the golden file`() throws {
        var seen: Set<String> = []
        var texts: [String] = []
        for row in CheckTableTests.rows {
            for level in [TLSLevel.domain, .opportunistic] {
                let judgement = Fixture.judge(
                    row.observations(),
                    level,
                    settings: row.settings,
                    policy: row.policy,
                    previous: row.previous
                )
                for finding in judgement.findings where finding.check == row.check {
                    guard seen.insert("\(finding.check) \(finding.outcome) \(finding.message)").inserted else {
                        continue
                    }
                    texts.append(
                        "# \(row.check): \(row.rule), TlsSettings \(level.word)\n"
                            + FindingText.render(finding, now: Fixture.now)
                    )
                }
            }
        }
        try expectGolden(texts.joined(separator: "\n\n") + "\n", "findings.txt")
    }

    @Test func `all findings of inbound connectors read as in the golden file`() throws {
        var seen: Set<String> = []
        var texts: [String] = []
        for row in InboundTests.rows {
            let judgement = Gate.judgeInbound(
                connector: ConnectorKey(kind: .inboundConnector, name: "partner"),
                settings: row.settings,
                sample: row.sample.isEmpty ? nil : row.sample.flatMap { Fixture.file("\($0).pem") },
                acceptedDomains: row.domains,
                partner: [Fixture.partner()],
                policy: Fixture.lab,
                roots: Fixture.roots,
                now: Fixture.now
            )
            for finding in judgement.findings where finding.check == row.check {
                guard seen.insert("\(finding.check) \(finding.message)").inserted else { continue }
                texts.append(FindingText.render(finding, now: Fixture.now))
            }
        }
        try expectGolden(texts.joined(separator: "\n\n") + "\n", "inbound-findings.txt")
    }

    @Test func `the partner's sheet reads as in the golden file`() throws {
        let outbound = Fixture.settings(.domain)
        var second = Fixture.host("mx2.partner.example", preference: 20, address: "203.0.113.8")
        second.probes = [Fixture.probe(["wrongname", "int"], host: "mx2.partner.example", address: "203.0.113.8")]
        let sheet = PartnerSheet(
            name: "partner",
            ourDomains: ["contoso.example"],
            outbound: outbound,
            outboundJudgement: Fixture.judge([Fixture.partner([Fixture.host(), second])]),
            inbound: InboundTests.bound,
            inboundJudgement: Gate.judgeInbound(
                connector: ConnectorKey(kind: .inboundConnector, name: "partner"),
                settings: InboundTests.bound,
                sample: Fixture.file("both.pem") + Fixture.file("int.pem"),
                roots: Fixture.roots,
                now: Fixture.now
            )
        )
        try expectGolden(sheet.text(), "partner-sheet.txt")
    }

    @Test(arguments: ["fabrikam-com.mail.protection.outlook.com", "fabrikam-com.b-v1.mx.microsoft"])
    func `a partner on Exchange Online is asked for what it can do`(host: String) throws {
        let sheet = PartnerSheet(
            name: "fabrikam",
            ourDomains: ["contoso.example"],
            outbound: Fixture.settings(.certificate),
            outboundJudgement: Fixture.judge([Fixture.partner([Fixture.host(host)])], .certificate),
            inbound: InboundTests.bound
        )
        let text = sheet.text()
        #expect(text.contains("initial domain") && !text.contains("Present a certificate as the client"))
        if host.hasSuffix("outlook.com") { try expectGolden(text, "partner-sheet-exchange-online.txt") }
    }

    @Test func `a server's text reaches no reader unescaped`() {
        var probe = Fixture.probe(
            endingIn: .greeting,
            .replied,
            reply: SMTPReply(code: 554, lines: ["\u{1B}[2J\u{202E}no"])
        )
        probe.host = "mx1.partner.example\u{7}"
        let judgement = Fixture.judge([Fixture.partner(probe: probe)])
        let text = judgement.findings.map { FindingText.render($0, now: Fixture.now) }.joined()
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.isTreacherous })
        #expect(text.contains("\\u{1b}[2J"))
    }

    @Test func `every finding that is not well says what to do`() {
        for row in CheckTableTests.rows {
            let judgement = Fixture.judge(row.observations(), .domain, settings: row.settings, policy: row.policy)
            for finding in judgement.findings where finding.outcome == .fail || finding.outcome == .unknown {
                #expect(!finding.remedy.isEmpty, "\(finding.check) \(row.rule)")
                #expect(!finding.message.isEmpty)
            }
        }
    }
}
