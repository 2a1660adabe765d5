import Connectors
import Foundation
import Planning
import Reports
import TLSGate

extension Date {
    /// 2026-11-23T23:28:57Z.
    static let fixture = Date(timeIntervalSince1970: 1_795_476_537)
}

extension Plan {
    static let commit = "4be2c91a0f3d4be2c91a0f3d4be2c91a0f3d4be2"

    static func fixture(
        _ tenant: String = "contoso",
        revision: String = commit,
        changes: [Change] = [],
        unchanged: Int = 3,
        drift: [DriftItem] = [],
        unmanaged: [UnmanagedConnector] = [],
        guards: [Guard] = [],
        notes: [String] = []
    ) -> Plan {
        Plan(
            tenant: tenant,
            revision: revision,
            tree: String(repeating: "7e", count: 20),
            observedDigest: "sha256:" + String(repeating: "0a", count: 32),
            policyDigest: "sha256:" + String(repeating: "1b", count: 32),
            planDigest: "sha256:" + String(repeating: "2c", count: 32),
            summary: Summary(
                create: changes.count { $0.action == .create },
                update: changes.count { $0.action == .update },
                delete: changes.count { $0.action == .delete },
                unchanged: unchanged,
                drift: drift.count,
                unmanaged: unmanaged.count
            ),
            changes: changes,
            drift: drift,
            unmanaged: unmanaged,
            guards: guards,
            notes: notes
        )
    }

    /// Something of everything that a plan can hold.
    static let everything = fixture(
        changes: [.create, .update, .delete],
        drift: [
            DriftItem(
                form: .changed,
                kind: .outboundConnector,
                name: "tailspin",
                displayName: "Forced TLS to tailspin",
                fields: [
                    .init(path: "tlsSettings", applied: "DomainValidation", observed: "EncryptionOnly"),
                    .init(path: "comment", applied: nil, observed: "by hand", accepted: true),
                ],
                accepted: false
            )
        ],
        unmanaged: [
            UnmanagedConnector(
                kind: .inboundConnector,
                displayName: "Inbound from 6f1d0c9e-70f4-4f6c-9d3f-1f6f1f3b2a10",
                origin: .hybridWizard,
                risk: .low,
                risks: []
            ),
            UnmanagedConnector(
                kind: .inboundConnector,
                displayName: "open relay",
                origin: .standard,
                risk: .high,
                risks: [
                    Risk(
                        id: "inbound-open",
                        level: .high,
                        message: "Anybody on the internet can send as these domains: neither a certificate nor an "
                            + "address is asked for."
                    )
                ]
            ),
        ],
        guards: [
            Guard(
                id: "approval-missing",
                message: "InboundConnector/bank weakens security (wider-addresses). If that is wanted, add the line "
                    + "mitregate.dev/accept-risk: \"the reason\" under metadata.annotations of the document at bank.yaml:41."
            ),
            Guard(
                id: "freeze",
                message: "Nothing is applied until 2026-11-30T07:00:00Z: the freeze 0 18 * * FRI (UTC) holds."
            ),
            Guard(id: "source-rewritten", message: "The branch was rewritten."),
        ],
        notes: ["The service says: the connector was changed by an administrator."]
    )
}

extension Change {
    static let create = Change(
        action: .create,
        kind: .outboundConnector,
        name: "fabrikam",
        displayName: "Forced TLS to fabrikam",
        effect: [
            "Mail to fabrikam.com will be refused when the partner's certificate does not name mail.fabrikam.com."
        ],
        source: SourcePosition(file: "tenants/contoso/fabrikam.yaml", line: 3, column: 1),
        fields: [
            FieldChange(path: "connectorType", before: nil, after: "Partner"),
            FieldChange(path: "recipientDomains", before: nil, after: ["fabrikam.com", "*.fabrikam.com"]),
            FieldChange(path: "tlsSettings", before: nil, after: "DomainValidation"),
            FieldChange(path: "tlsDomain", before: nil, after: "mail.fabrikam.com"),
        ]
    )
    static let update = Change(
        action: .update,
        kind: .inboundConnector,
        name: "bank",
        displayName: "Bank",
        guid: "9d1fc07e-0000-0000-0000-000000000001",
        cause: .both,
        risk: .high,
        risks: [
            Risk(
                id: "wider-addresses",
                level: .high,
                message: "256 addresses instead of 128 are taken for this partner."
            ),
            Risk(id: "renamed", level: .low, message: "Reports that name the connector lose sight of it."),
        ],
        effect: ["Mail for bank.example from 203.0.113.128–255 is now accepted as this partner's."],
        source: SourcePosition(file: "tenants/contoso/bank.yaml", line: 41, column: 1),
        fields: [
            FieldChange(path: "name", before: "The Bank", after: "Bank"),
            FieldChange(
                path: "senderIPAddresses",
                before: ["192.0.2.1", "203.0.113.0/25"],
                after: ["192.0.2.1", "203.0.113.0/24"]
            ),
            FieldChange(path: "comment", before: "by hand", after: nil),
        ],
        companions: ["restrictDomainsToIPAddresses": true],
        acceptedRisk: "the bank's own words, ticket 4711"
    )
    static let delete = Change(
        action: .delete,
        kind: .outboundConnector,
        name: "archive",
        displayName: "Journal archive",
        guid: "9d1fc07e-0000-0000-0000-000000000002",
        fields: [FieldChange(path: "smartHosts", before: ["smtp.archive.example"], after: nil)]
    )

    /// Strings with which someone tries to be more than text.
    static let hostile = Change(
        action: .create,
        kind: .outboundConnector,
        name: "evil",
        displayName: "\u{1B}[2J</summary><script>alert(1)</script>\u{202E}gpj | ``` @admin [x](http://evil.example)",
        effect: ["Mail to <img src=x onerror=alert(1)> *bold* https://evil.example www.evil.example @team #1."],
        source: SourcePosition(file: "a|b\n</details>.yaml", line: 1),
        fields: [
            FieldChange(
                path: "comment",
                before: nil,
                after: .text("a\r\nb\u{0}\u{9B}31m|`</code>`" + String(repeating: "x", count: 120))
            )
        ]
    )
}

extension Judgement {
    static func fixture(_ key: ConnectorKey, _ verdict: Verdict, _ findings: [Finding]) -> Judgement {
        Judgement(
            connector: key,
            verdict: verdict,
            findings: findings,
            observedAt: .fixture,
            expiresAt: .fixture.addingTimeInterval(900),
            digest: "sha256:" + String(repeating: "3d", count: 32),
            retryAt: verdict == .hold ? .fixture.addingTimeInterval(60) : nil
        )
    }

    static let blocked = fixture(
        Change.create.key,
        .block,
        [
            .passed("mx1.fabrikam.com [192.0.2.6]:25"),
            .passed("mx1.fabrikam.com [192.0.2.6]:25", "tls-version"),
            Finding(
                check: "mx-implicit",
                outcome: .info,
                subject: "fabrikam.com",
                message: "No MX; Exchange Online uses the address record."
            ),
            .mismatch("mx2.fabrikam.com [192.0.2.7]:25"), .mismatch("mx3.fabrikam.com [192.0.2.8]:25"),
            Finding(
                check: "cert-expires-soon",
                outcome: .warn,
                subject: "mx1.fabrikam.com [192.0.2.6]:25",
                message: "The certificate ends in 5 days.",
                remedy: "fabrikam: renew it",
                waived: true,
                waivedBy: "Waiver renewal by ops until 2026-12-01: they renew on Monday"
            ),
            Finding(
                check: "smtp-greeting-4xx",
                outcome: .unknown,
                subject: "mx4.fabrikam.com [192.0.2.9]:25",
                message: "The server asked to come back later, so it could not be judged from 198.51.100.4.",
                exo: "421 4.7.0 try again later",
                evidence: ["reply": "421 4.7.0 too many connections\\r\\n"],
                remedy: "Wait; it is tried again."
            ),
        ]
    )
}

extension Finding {
    static func passed(_ subject: String, _ check: String = "cert-expired") -> Finding {
        Finding(check: check, outcome: .pass, subject: subject, message: "In date.")
    }

    static func mismatch(_ subject: String) -> Finding {
        Finding(
            check: "cert-name-mismatch",
            outcome: .fail,
            subject: subject,
            message:
                "The certificate does not name mail.fabrikam.com, so Exchange Online will defer mail through this host.",
            exo: "450 4.7.320 Certificate validation failed [Message=SubjectMismatch]",
            evidence: [
                "wanted": "TlsDomain mail.fabrikam.com",
                "seen": "DNS:mx2.fabrikam.com, DNS:fabrikam.com (leaf sha256 3fd0…91, expires 2027-01-04)",
            ],
            remedy: "fabrikam: add mail.fabrikam.com to the certificate; or here: set tlsDomain to *.fabrikam.com",
            sources: ["RFC 9525 6.3"],
            observedAt: .fixture
        )
    }
}

extension ErrorEntry {
    static let throttled = ErrorEntry(
        id: "exchange-throttled",
        message: "Exchange Online asked to wait, and did so for longer than is waited: 429 Too Many Requests.",
        remedy: "Try again in a few minutes."
    )
    static let definition = ErrorEntry(
        id: "unknown-key",
        message: "spec has no key \"certifcateName\"",
        remedy: "Did you mean \"certificateName\"?",
        file: "tenants/contoso/fabrikam.yaml",
        line: 7,
        column: 3
    )
}
