import Connectors
import Foundation
import Glibc
import Probing
import TLSGate
import Testing

/// Postfix's client next to ours, asked about the same servers and zones; where they differ, what decides is named.
@Suite(
    .enabled(
        if: getuid() == 0 && OpinionLab.missing.isEmpty,
        "install postfix, nsd, unbound and ldnsutils, and run as root"
    )
)
struct SecondOpinionTests {
    private enum Question: Sendable {
        case dane
        /// Our TlsDomain, and how Postfix writes the same.
        case name(String, theirs: String)
    }

    private struct Case: Sendable {
        let service: String
        var zone = "lab.example"
        let question: Question
        /// What our opinion rests on.
        let check: String
        let weAccept: Bool
        /// What the other says, and the text that decides, where it is not the same.
        var disagreement: String?

        var theyAccept: Bool { disagreement == nil ? weAccept : !weAccept }
        var description: String { "\(service) at \(zone), \(question)" }
    }

    private static let services: [OpinionLab.Service] = [
        .init(name: "good", tlsa: ("3 1 1", of: "good")),
        .init(name: "rolled", tlsa: ("3 1 1", of: "good")),
        .init(name: "old", validity: "-startdate 20240101000000Z -enddate 20250101000000Z", tlsa: ("3 1 1", of: "old")),
        .init(name: "wild", names: ["*.lab.example"], tlsa: ("2 0 1", of: "int")),
        .init(name: "partial", names: ["m*.lab.example"], tlsa: ("2 0 1", of: "int")),
        .init(name: "wrong", names: ["web.elsewhere.example"], tlsa: ("2 1 1", of: "int")),
        .init(name: "cnonly", names: [], tlsa: ("1 1 1", of: "cnonly")),
        .init(name: "alone", tlsa: ("2 0 1", of: "int"), chain: []),
        .init(name: "clear", tlsa: ("3 1 1", of: "good"), options: "-o smtpd_tls_security_level=none"),
        .init(name: "deep", names: ["a.b.lab.example"]),
        .init(name: "apex", names: ["lab.example"]),
        .init(name: "weak", key: "rsa:1024", options: lenient),
        .init(name: "sha1", digest: "sha1", options: lenient),
    ]

    private static let lenient =
        "-o tls_medium_cipherlist=ALL@SECLEVEL=0 -o tls_high_cipherlist=ALL@SECLEVEL=0"

    private static let cases: [Case] = [
        Case(service: "good", question: .dane, check: "dane-match", weAccept: true),
        Case(service: "rolled", question: .dane, check: "dane-mismatch", weAccept: false),
        Case(
            service: "old",
            question: .dane,
            check: "dane-ee-expired",
            weAccept: false,
            disagreement: "RFC 7672 3.1.1 ignores the dates; Exchange Online documents 5.7.322 for them"
        ),
        Case(service: "wild", question: .dane, check: "dane-match", weAccept: true),
        Case(service: "partial", question: .dane, check: "dane-ta-name", weAccept: false),
        Case(service: "wrong", question: .dane, check: "dane-ta-name", weAccept: false),
        Case(service: "cnonly", question: .dane, check: "dane-unusable", weAccept: false),
        Case(service: "alone", question: .dane, check: "dane-ta-absent", weAccept: false),
        Case(service: "clear", question: .dane, check: "dane-no-starttls", weAccept: false),
        Case(service: "deep", question: .dane, check: "dane-none", weAccept: false),
        Case(service: "good", zone: "plain.example", question: .dane, check: "dane-none", weAccept: false),
        Case(service: "good", zone: "bogus.example", question: .dane, check: "dns-bogus", weAccept: false),
        named("good", "mx.lab.example", "cert-name-mismatch", true),
        named("good", "lab.example", "cert-name-mismatch", false),
        named("good", "*.lab.example", theirs: ".lab.example", "cert-name-mismatch", true),
        named("wild", "mx.lab.example", "cert-name-mismatch", true),
        named("wild", "*.lab.example", theirs: ".lab.example", "cert-name-mismatch", true),
        named("wild", "a.mx.lab.example", "cert-name-mismatch", false),
        named("wild", "lab.example", "cert-name-mismatch", false),
        named("deep", "*.lab.example", theirs: ".lab.example", "cert-name-mismatch", true),
        named(
            "apex",
            "*.lab.example",
            theirs: ".lab.example",
            "cert-name-uncertain",
            true,
            "RFC 9525 6.3 has no wildcard for the domain itself; Set-OutboundConnector does not say, so we warn"
        ),
        named("partial", "mx.lab.example", "cert-name-mismatch", false),
        named("wrong", "mx.lab.example", "cert-name-mismatch", false),
        named("cnonly", "mx.lab.example", "cert-name-cn-only", true),
        named("old", "mx.lab.example", "cert-expired", false),
        named("alone", "mx.lab.example", "cert-missing-intermediate", false),
        named("clear", "mx.lab.example", "starttls-not-offered", false),
        named("sha1", "mx.lab.example", "cert-signature-weak", false),
        // RFC 9325 4.5 asks for 2,048 bits of RSA: the gate wants a person to accept it, and does not block.
        named("weak", "mx.lab.example", "cert-key-weak", true),
    ]

    private static func named(
        _ service: String,
        _ reference: String,
        theirs: String? = nil,
        _ check: String,
        _ weAccept: Bool,
        _ disagreement: String? = nil
    ) -> Case {
        Case(
            service: service,
            question: .name(reference, theirs: theirs ?? reference),
            check: check,
            weAccept: weAccept,
            disagreement: disagreement
        )
    }

    @Test func `Postfix's client agrees with the gate, but for what a document decides`() async throws {
        guard try await OpinionLab.canShadowResolver() else {
            try Test.cancel("posttls-finger reads /etc/resolv.conf, and here nothing can be mounted over it")
        }
        try await OpinionLab.with(Self.services) { lab in
            let resolver = try DNSResolver(lab.resolver)
            let prober = try Prober(
                ProberSettings(
                    ehloName: "gate.example",
                    manners: Manners(perAddress: 64, interval: .zero, perNetwork: 64),
                    networks: .any,
                    secondThought: nil
                )
            )
            let observer = PartnerObserver(resolver: resolver, prober: prober)
            for example in Self.cases {
                Self.compare(example, try await ours(example, lab, observer), try await theirs(example, lab))
            }
        }
    }

    private static func compare(_ example: Case, _ judgement: Judgement, _ finger: Finger) {
        let all = judgement.findings.map { "\($0.check) \($0.outcome)" }.joined(separator: ", ")
        let label: Comment = "\(example.description): \(all); \(finger.output)"
        #expect(judgement.findings.contains { $0.check == example.check }, label)
        switch example.question {
        case .dane:
            let matches = judgement.findings.contains { $0.check == "dane-match" && $0.outcome == .pass }
            #expect(matches == example.weAccept, label)
            #expect(finger.matchesDANE == example.theyAccept, label)
        case .name:
            #expect((judgement.nextHops.first?.result == .deliverable) == example.weAccept, label)
            #expect(finger.isVerified == example.theyAccept, label)
        }
    }

    private func ours(_ example: Case, _ lab: OpinionLab, _ observer: PartnerObserver) async throws -> Judgement {
        var settings: Settings = [
            "useMXRecord": false, "smartHosts": .list(["mx.\(example.zone)"]), "mtaStsMode": "None",
        ]
        var wantsDANE = true
        if case .name(let reference, _) = example.question {
            wantsDANE = false
            settings["smtpDaneMode"] = "None"
            settings["tlsSettings"] = "DomainValidation"
            settings["tlsDomain"] = .text(reference)
        }
        let port = try lab.port(example.service)
        let seen = try await observer.observe(
            ObservationRequest(
                nextHop: .smartHosts(["mx.\(example.zone)"]),
                port: port,
                wantsDANE: wantsDANE,
                wantsMTASTS: false
            )
        )
        return Gate.judge(
            connector: ConnectorKey(kind: .outboundConnector, name: example.service),
            settings: settings,
            observations: [seen],
            policy: GatePolicy(allowsPrivateAddresses: true, port: port),
            roots: try lab.roots,
            now: Date()
        )
    }

    private func theirs(_ example: Case, _ lab: OpinionLab) async throws -> Finger {
        let server = "[mx.\(example.zone)]:\(try lab.port(example.service))"
        return switch example.question {
        case .dane: try await Finger.ask(lab, ["-l", "dane", server])
        case .name(_, let theirs): try await Finger.ask(lab, ["-l", "secure", server, theirs])
        }
    }
}
