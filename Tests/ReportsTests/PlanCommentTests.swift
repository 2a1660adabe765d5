import Connectors
import Foundation
import Planning
import Reports
import TLSGate
import TestSupport
import Testing

struct PlanCommentTests {
    private static let blocked = PlanComment.fixture(
        [
            .fixture(
                .fixture(changes: [.delete, .create, .update], drift: Plan.everything.drift),
                judgements: [
                    .blocked, .fixture(Change.update.key, .pass, [.passed("the definition", "inbound-scope")]),
                ],
                also: [Change.create.key: [12, 15]],
                approvers: ["alice"],
                formerApprovers: ["bob"]
            )
        ],
        behind: 3,
        approvals: 2,
        refusal: "The comment was edited; write a new one."
    )

    private static let ready = PlanComment.fixture([
        .fixture(
            .fixture(changes: [.create]),
            judgements: [.fixture(Change.create.key, .pass, [.passed("mx1.fabrikam.com [192.0.2.6]:25")])]
        )
    ])

    private static let many = PlanComment.fixture(
        [
            .fixture(.fixture("contoso", changes: [.create]), judgements: [.blocked]),
            .fixture(.fixture("lucerne", changes: [.update], guards: [Plan.everything.guards[0]]), judgements: []),
            .fixture(.fixture("adatum"), judgements: []),
            PlanComment.Tenant(
                "woodgrove",
                .planned(TenantPlan(tenant: "woodgrove", errors: [.definition, .throttled], exitStatus: .error))
            ),
            PlanComment.Tenant("fabrikam", .fork),
        ],
        tenant: nil
    )

    private static func special(_ content: PlanComment.Content) -> PlanComment {
        var comment = ready
        comment.content = content
        return comment
    }

    /// What README shows as a picture: a partner of whose two servers one is not ready.
    private static let example: PlanComment = {
        let outbound = Change(
            action: .create,
            kind: .outboundConnector,
            name: "fabrikam-forced-tls",
            displayName: "Fabrikam (forced TLS)",
            effect: [
                "Mail to fabrikam.com and its subdomains will be sent only over TLS to a server with a trusted certificate for "
                    + "mail.fabrikam.com; otherwise it waits and is returned after a day."
            ],
            source: SourcePosition(file: "tenants/contoso/fabrikam.yaml", line: 3, column: 1),
            fields: Change.create.fields
        )
        let inbound = Change(
            action: .update,
            kind: .inboundConnector,
            name: "woodgrove-bank",
            displayName: "Woodgrove Bank",
            risk: .high,
            risks: [
                Risk(
                    id: "wider-addresses",
                    level: .high,
                    message: "256 addresses instead of 128 can send as this partner."
                )
            ],
            effect: ["Mail from 203.0.113.128 to 203.0.113.255 is now accepted as this partner's."],
            source: SourcePosition(file: "tenants/contoso/woodgrove.yaml", line: 41, column: 1),
            fields: [
                FieldChange(
                    path: "senderIPAddresses",
                    before: ["192.0.2.1", "203.0.113.0/25"],
                    after: ["192.0.2.1", "203.0.113.0/24"]
                )
            ],
            acceptedRisk: "The bank moved its gateways, ticket 4711."
        )
        let findings =
            [Finding.mismatch("mx2.fabrikam.com [192.0.2.7]:25")]
            + ["tls-version", "cert-expired", "cert-chain"].map { .passed("mx1.fabrikam.com [192.0.2.6]:25", $0) }
        return .fixture(
            [
                .fixture(
                    .fixture(changes: [inbound, outbound]),
                    judgements: [
                        .fixture(outbound.key, .block, findings),
                        .fixture(inbound.key, .pass, [.passed("woodgrove-bank", "inbound-scope")]),
                    ],
                    also: [inbound.key: [12]],
                    approvers: ["alice"]
                )
            ],
            approvals: 1
        )
    }()

    private static let cases: [(name: String, comment: PlanComment)] = [
        ("example", example),
        ("blocked", blocked),
        ("ready", ready),
        ("many", many),
        (
            "summary",
            {
                var comment = blocked
                comment.visibility = .summary
                return comment
            }()
        ),
        (
            "draft",
            .fixture([.fixture(.fixture(changes: [.create]), judgements: nil)], isDraft: true)
        ),
        ("fork", .fixture([PlanComment.Tenant("contoso", .fork)])),
        ("conflict", special(.conflict(files: ["tenants/contoso/bank.yaml"]))),
        ("untouched", special(.untouched)),
        ("moved", special(.moved)),
        ("failed", special(.failed(reason: "The head is over 64 MiB."))),
    ]

    @Test(arguments: cases.indices)
    func `a comment reads as its golden file`(index: Int) throws {
        try expectGolden(Self.cases[index].comment.text().text, "comment-\(Self.cases[index].name).md")
    }

    @Test func `the first line is the key by which the comment is found`() {
        #expect(Self.ready.text().text.hasPrefix("<!-- mitregate-plan-key:mitregate/contoso -->\n"))
        #expect(Self.many.text().text.hasPrefix("<!-- mitregate-plan-key:mitregate/* -->\n"))
        #expect(PlanComment.key(instance: "a b", tenant: "--> /x") == "<!-- mitregate-plan-key:a%20b/--%3E%20%2Fx -->")
    }

    @Test func `what blocks stands before anything that is folded away`() throws {
        let text = Self.blocked.text().text
        let fold = try #require(text.range(of: "<details>")).lowerBound
        for word in ["cert-name-mismatch", "smtp-greeting-4xx", "add mail.fabrikam.com to the certificate", "block"] {
            #expect(text[..<fold].contains(word))
        }
    }

    @Test(arguments: [
        (Verdict.pass, "ready to merge"), (.warn, "ready to merge"), (.approve, "held"), (.hold, "held"),
        (.block, "blocked"),
    ])
    func `the heading says what the gate's verdict comes to`(verdict: Verdict, word: String) throws {
        let judgement = Judgement.fixture(Change.create.key, verdict, [.mismatch("mx2.fabrikam.com [192.0.2.7]:25")])
        let text = PlanComment.fixture([.fixture(.fixture(changes: [.create]), judgements: [judgement])]).text().text
        let heading = try #require(text.split(separator: "\n").first { $0.hasPrefix("### ") })
        #expect(heading.hasSuffix(": \(word)"))
        #expect(text.contains("Merging writes exactly these changes to the tenant.") == (word == "ready to merge"))
        #expect(text.contains("with a Waiver in this request") == (verdict == .approve))
    }

    @Test func `a connector that stays as it is and holds the plan stands in the way before the changes`() throws {
        let other = ConnectorKey(kind: .outboundConnector, name: "tailspin")
        let comment = PlanComment.fixture([
            .fixture(
                .fixture(changes: [.create]),
                judgements: [
                    .fixture(Change.create.key, .pass, [.passed("mx1.fabrikam.com [192.0.2.6]:25")]),
                    .fixture(other, .block, [.mismatch("mx.tailspin.example [192.0.2.8]:25")]),
                ]
            )
        ])
        let text = comment.text().text
        let table = try #require(text.range(of: "| | Connector")).lowerBound
        for word in ["**What stands in the way**", "cert-name-mismatch", "tailspin"] {
            #expect(text[..<table].contains(word))
        }
    }

    @Test func `what a person can type is the digest of the changes`() throws {
        let changes = [Change.delete, .create, .update]
        let digest = Plan.fixture(changes: changes).changesDigest.dropFirst(7).prefix(12)
        #expect(Self.blocked.text().text.contains("mitregate approve \(digest)"))
        for change in changes { #expect(Self.blocked.text().text.contains(change.digest.dropFirst(7).prefix(12))) }
    }

    @Test func `a summary has neither addresses nor domains nor values`() {
        for comment in [Self.blocked, Self.many] {
            var comment = comment
            comment.visibility = .summary
            let text = comment.text().text
            for word in [
                "fabrikam.com", "192.0.2", "203.0.113", "DomainValidation", "bank.example", "4711", "Journal",
                "by hand",
            ] {
                #expect(!text.contains(word))
            }
            #expect(text.contains("cert-name-mismatch"))
        }
    }

    @Test func `nothing of a stranger's is in a summary but names of files, slugs, fields and people`() {
        let text = PlanComment.hostile("SECRET7", visibility: .summary).text().text
        for line in text.split(separator: "\n") where line.contains("SECRET7") {
            // What is left is in the type of code, in the key, or is the refusal, which is ours.
            let bare = line.replacing(/<code>[^<]*<\/code>/, with: "").replacing(/<!--.*-->/, with: "")
            #expect(!bare.contains("SECRET7") || bare.contains("refused"))
        }
    }

    @Test func `a summary counts what is not managed, and names none of it`() {
        let text = PlanComment.fixture([.fixture(.everything, judgements: [])], visibility: .summary).text().text
        #expect(text.contains("2 connectors not managed") && text.contains("1 of high security risk"))
        #expect(!text.contains("open relay") && !text.contains("6f1d0c9e"))
    }

    @Test func `where anybody may read it, a request to revert tells no reasons and no figures`() {
        func text(_ visibility: PlanComment.Visibility) -> String {
            let quarantine = Quarantine(
                tenant: "contoso",
                revision: Plan.commit,
                run: "01JDCVEQ52",
                reason: "SECRET7",
                since: .fixture
            )
            let offer = RevertOfferText(
                instance: "mitregate",
                tenant: "contoso",
                branch: "mitregate/revert/contoso",
                quarantine: quarantine,
                entries: [.init(path: "tenants/contoso/bank.yaml", form: .restored)],
                left: [.init(path: "tenants/contoso/other.yaml", reason: "SECRET7")],
                evidence: ["SECRET7 of 9 messages were refused."],
                visibility: visibility
            )
            let words = offer.text(limits: OfferText.Limits(body: 65_536, comment: 65_536))
            return [words.title, words.body, words.comment ?? "", words.commitMessage].joined()
        }
        #expect(text(.full).ranges(of: "SECRET7").count == 3)
        #expect(!text(.summary).contains("SECRET7"))
    }
}
