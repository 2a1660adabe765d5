import Connectors
import Foundation
import Glibc
import Probing
import TLSGate
import Testing

/// Rows of the check tables that are reached from real servers and zones, through our own eyes, to the finding.
@Suite(
    .enabled(
        if: getuid() == 0 && OpinionLab.missing.isEmpty,
        "install postfix, nsd, unbound and ldnsutils, and run as root"
    )
)
struct RealServersTests {
    private enum Way: Sendable {
        case smartHost
        /// By the MX of this domain of the zone.
        case mx(String)
    }

    private struct Case: Sendable {
        let check: String
        let outcome: Outcome
        var way = Way.smartHost
        var service = "good"
        var level = TLSLevel.certificate
        var mayProbePrivate = true
    }

    private static let lenient = "-o tls_medium_cipherlist=ALL@SECLEVEL=0 -o tls_high_cipherlist=ALL@SECLEVEL=0"

    private static func only(_ suite: String) -> String {
        "-o smtpd_tls_protocols=TLSv1.2 -o tls_medium_cipherlist=\(suite) -o tls_high_cipherlist=\(suite)"
    }

    private static let services: [OpinionLab.Service] = [
        .init(name: "good"),
        .init(name: "selfsigned", issuer: .itself, chain: []),
        .init(name: "stranger", issuer: .stranger, chain: ["other.pem"]),
        .init(name: "future", validity: "-startdate 20350101000000Z -enddate 20360101000000Z"),
        .init(
            name: "soon",
            validity:
                "-startdate $(date -u -d '-85 days' +%Y%m%d000000Z) -enddate $(date -u -d '+5 days' +%Y%m%d000000Z)"
        ),
        .init(name: "client", usage: "clientAuth"),
        .init(name: "untidy", chain: ["int.pem", "root.pem"]),
        .init(name: "clear", options: "-o smtpd_tls_security_level=none"),
        .init(name: "oldtls", options: "-o smtpd_tls_protocols=TLSv1 \(lenient)"),
        .init(name: "only13", options: "-o smtpd_tls_protocols=>=TLSv1.3"),
        .init(name: "dhe", key: "rsa:2048", options: only("DHE-RSA-AES256-GCM-SHA384")),
        .init(name: "static", key: "rsa:2048", options: only("AES256-GCM-SHA384")),
        .init(name: "asks", options: "-o smtpd_tls_security_level=encrypt -o smtpd_tls_req_ccert=yes"),
    ]

    private static let records = """
        well IN MX 10 mx
        null IN MX 0 .
        mixed IN MX 0 .
        mixed IN MX 10 mx
        implicit IN A 127.0.0.1
        gone IN MX 10 nowhere
        alias IN MX 10 other
        other IN CNAME mx
        literal IN MX 10 127.0.0.1.
        loop IN MX 10 one
        one IN CNAME two
        two IN CNAME one
        six IN MX 10 sixhost
        sixhost IN AAAA ::1
        both IN MX 10 bothhost
        bothhost IN AAAA ::1
        bothhost IN A 127.0.0.1
        closed IN MX 10 closedhost
        closedhost IN A 127.66.66.66
        """ + (1...21).map { "\nmany IN MX \($0) h\($0)\nh\($0) IN A 127.0.0.1" }.joined()

    private static let cases: [Case] = [
        Case(check: "cert-untrusted-root", outcome: .pass),
        Case(check: "cert-self-signed", outcome: .fail, service: "selfsigned"),
        Case(check: "cert-untrusted-root", outcome: .fail, service: "stranger"),
        Case(check: "cert-not-yet-valid", outcome: .fail, service: "future"),
        Case(check: "cert-expires-soon", outcome: .warn, service: "soon"),
        Case(check: "cert-purpose", outcome: .fail, service: "client"),
        Case(check: "cert-chain-untidy", outcome: .info, service: "untidy"),
        Case(check: "starttls-not-offered", outcome: .fail, service: "clear"),
        Case(check: "starttls-not-offered", outcome: .warn, service: "clear", level: .opportunistic),
        Case(check: "tls-version-low", outcome: .fail, service: "oldtls"),
        Case(check: "tls-version-13-only", outcome: .warn, service: "only13"),
        Case(check: "tls-cipher-none-common", outcome: .fail, service: "dhe"),
        Case(check: "tls-cipher-weak", outcome: .warn, service: "static"),
        Case(check: "tls-client-cert-required", outcome: .unknown, service: "asks"),
        Case(check: "cert-untrusted-root", outcome: .pass, way: .mx("well")),
        Case(check: "mx-null", outcome: .fail, way: .mx("null")),
        Case(check: "mx-null-mixed", outcome: .warn, way: .mx("mixed")),
        Case(check: "mx-implicit", outcome: .warn, way: .mx("implicit")),
        Case(check: "mx-host-no-address", outcome: .fail, way: .mx("gone")),
        Case(check: "mx-host-cname", outcome: .warn, way: .mx("alias")),
        Case(check: "mx-host-is-address", outcome: .fail, way: .mx("literal")),
        Case(check: "dns-failed", outcome: .unknown, way: .mx("loop")),
        Case(check: "mx-many", outcome: .warn, way: .mx("many")),
        Case(check: "addr-ipv6-only", outcome: .info, way: .mx("six")),
        Case(check: "addr-ipv6-failing", outcome: .warn, way: .mx("both")),
        Case(check: "dns-nxdomain", outcome: .fail, way: .mx("missing")),
        Case(check: "tcp-refused", outcome: .unknown, way: .mx("closed")),
        Case(check: "address-not-public", outcome: .fail, way: .mx("well"), mayProbePrivate: false),
        Case(check: "address-not-public", outcome: .fail, mayProbePrivate: false),
    ]

    @Test func `what real servers do leads to the finding that the tables name`() async throws {
        try await OpinionLab.with(Self.services, records: Self.records) { lab in
            let resolver = try DNSResolver(lab.resolver)
            let free = PartnerObserver(resolver: resolver, prober: try Self.prober(.any))
            let careful = PartnerObserver(resolver: resolver, prober: try Self.prober(.public))
            for example in Self.cases {
                Self.check(example, try await judge(example, lab, example.mayProbePrivate ? free : careful))
            }
        }
    }

    private static func check(_ example: Case, _ judgement: Judgement) {
        let found = judgement.findings.filter { $0.check == example.check }.map(\.outcome)
        let all = judgement.findings.map { "\($0.check) \($0.outcome) \($0.subject) \($0.evidence)" }
        #expect(
            found.contains(example.outcome),
            "\(example.check) \(example.way) \(example.service): \(all.joined(separator: "; "))"
        )
    }

    private static func prober(_ networks: ReachableNetworks) throws -> Prober {
        try Prober(
            ProberSettings(
                ehloName: "gate.example",
                manners: Manners(perAddress: 64, interval: .zero, perNetwork: 64),
                networks: networks,
                secondThought: nil
            )
        )
    }

    private func judge(_ example: Case, _ lab: OpinionLab, _ observer: PartnerObserver) async throws -> Judgement {
        var settings: Settings = ["mtaStsMode": "None"]
        if example.level != .opportunistic { settings["tlsSettings"] = .text(example.level.word) }
        let hop: NextHop
        switch example.way {
        case .smartHost:
            hop = .smartHosts(["mx.lab.example"])
            settings["useMXRecord"] = false
            settings["smartHosts"] = ["mx.lab.example"]
        case .mx(let name):
            hop = .mx(domain: "\(name).lab.example")
            settings["recipientDomains"] = .list(["\(name).lab.example"])
        }
        let port = try lab.port(example.service)
        let seen = try await observer.observe(ObservationRequest(nextHop: hop, port: port, wantsMTASTS: false))
        return Gate.judge(
            connector: ConnectorKey(kind: .outboundConnector, name: "lab"),
            settings: settings,
            observations: [seen],
            policy: GatePolicy(allowsPrivateAddresses: example.mayProbePrivate, port: port),
            roots: try lab.roots,
            now: Date()
        )
    }
}
