import Connectors
import Foundation
import Probing
import TLSGate

/// Observations of a partner for whom all is well, and the certificates in `Golden/certificates`.
enum Fixture {
    static let now = Timestamp.instant("2026-11-26T12:00:00Z") ?? .distantPast
    static let seen = now.addingTimeInterval(-240)

    static func file(_ name: String) -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/certificates")
        return (try? Data(contentsOf: folder.appending(path: name))).map { [UInt8]($0) } ?? []
    }

    static func certificate(_ name: String) throws -> Certificate {
        guard let first = try PEM.certificates(in: file("\(name).pem")).first else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return first
    }

    static func chain(_ names: [String]) -> [Base64Bytes] {
        names.map { name in Base64Bytes((try? PEM.blocks(in: file("\(name).pem")))?.first ?? []) }
    }

    static func certificates(_ names: [String]) -> [Certificate] { names.compactMap { try? certificate($0) } }

    static let roots = TrustRoots(certificates(["root"]))

    /// A connection in which all goes well.
    static func probe(
        _ chain: [String] = ["leaf", "int"],
        host: String = "mx1.partner.example",
        address: String = "203.0.113.7"
    ) -> ProbeObservation {
        ProbeObservation(
            address: address,
            host: host,
            sni: host,
            ehloName: "gate.contoso.example",
            vantage: "198.51.100.4",
            phases: [
                PhaseObservation(.connect, milliseconds: 3),
                PhaseObservation(.greeting, reply: SMTPReply(code: 220, lines: ["\(host) ESMTP"])),
                PhaseObservation(.ehlo, reply: SMTPReply(code: 250, lines: [host, "STARTTLS"])),
                PhaseObservation(.starttls, reply: SMTPReply(code: 220, lines: ["Ready"])),
                PhaseObservation(.handshake, milliseconds: 20),
                PhaseObservation(.ehloInTLS, reply: SMTPReply(code: 250, lines: [host])),
            ],
            extensions: ["SIZE 35882577", "STARTTLS"],
            extensionsInTLS: ["SIZE 35882577"],
            tlsVersion: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            presentedChain: Self.chain(chain),
            at: seen
        )
    }

    /// A connection that ended in a phase.
    static func probe(
        endingIn phase: ProbePhase,
        _ outcome: PhaseOutcome,
        reply: SMTPReply? = nil,
        alert: TLSAlert? = nil,
        edit: (inout ProbeObservation) -> Void = { _ in }
    ) -> ProbeObservation {
        var probe = probe()
        let index = ProbePhase.allCases.firstIndex(of: phase) ?? 0
        probe.phases = Array(probe.phases.prefix(index))
        probe.phases.append(PhaseObservation(phase, outcome, milliseconds: 30, reply: reply))
        if index <= 4 {
            (probe.presentedChain, probe.tlsVersion, probe.cipher, probe.extensionsInTLS) = ([], nil, nil, nil)
        }
        if index <= 2 { probe.extensions = nil }
        if index == 5 { probe.extensionsInTLS = nil }
        probe.alert = alert
        edit(&probe)
        return probe
    }

    static func answer(
        _ name: String,
        _ type: DNSRecordType,
        _ data: [DNSData],
        dnssec: DNSSECStatus = .insecure,
        rcode: Int? = 0,
        failure: DNSFailure? = nil
    ) -> DNSObservation {
        DNSObservation(
            question: DNSQuestion(name, type),
            answers: data.map { DNSRecord(ttl: 300, $0) },
            dnssec: dnssec,
            rcode: rcode,
            resolver: "127.0.0.1@53",
            at: seen,
            failure: failure
        )
    }

    static func host(
        _ name: String = "mx1.partner.example",
        preference: Int = 10,
        address: String = "203.0.113.7",
        probes: [ProbeObservation]? = nil,
        dnssec: DNSSECStatus = .insecure
    ) -> HostObservations {
        let isIPv6 = address.contains(":")
        return HostObservations(
            host: name,
            preference: preference,
            ipv4: answer(name, .a, isIPv6 ? [] : [.address(address)], dnssec: dnssec),
            ipv6: answer(name, .aaaa, isIPv6 ? [.address(address)] : [], dnssec: dnssec),
            probes: probes ?? [probe(host: name, address: address)]
        )
    }

    /// The observations of `partner.example` with these hosts.
    static func partner(_ hosts: [HostObservations] = [host()], dnssec: DNSSECStatus = .insecure) -> PartnerObservations
    {
        PartnerObservations(
            nextHop: .mx(domain: "partner.example"),
            mx: answer(
                "partner.example",
                .mx,
                hosts.map { .mx(preference: $0.preference, host: $0.host) },
                dnssec: dnssec
            ),
            hosts: hosts,
            mtaSTS: [
                MTASTSObservation(
                    domain: "partner.example",
                    txt: answer("_mta-sts.partner.example", .txt, [], rcode: 3)
                )
            ]
        )
    }

    static func partner(probe: ProbeObservation) -> PartnerObservations { partner([host(probes: [probe])]) }

    /// Observations of smart hosts, as a connector without MX has them.
    static func smartHosts(_ hosts: [HostObservations]) -> PartnerObservations {
        PartnerObservations(nextHop: .smartHosts(hosts.map(\.host)), hosts: hosts)
    }

    /// What a revocation list says of the certificates that a partner's servers present.
    static func lists(_ url: String, _ bytes: [UInt8], _ partner: PartnerObservations) -> CRLObservation {
        let list = RevocationList(bytes)
        let questions = Gate.revocationQuestions(partner.hosts.flatMap(\.probes), roots: roots, at: now)
        let answers = questions.map { question in
            list?.answer(question, at: now) ?? RevocationAnswer(certificate: question.id, status: .unreadable)
        }
        return CRLObservation(url: url, answers: answers, at: seen)
    }

    static let key = ConnectorKey(kind: .outboundConnector, name: "partner")

    static func settings(_ level: TLSLevel, _ more: Settings = [:]) -> Settings {
        var settings: Settings = ["recipientDomains": ["partner.example"]]
        if level != .opportunistic { settings["tlsSettings"] = .text(level.word) }
        if level == .domain { settings["tlsDomain"] = "mx1.partner.example" }
        return settings.merging(more) { _, new in new }
    }

    static func judge(
        _ observations: [PartnerObservations],
        _ level: TLSLevel = .domain,
        settings: Settings = [:],
        policy: GatePolicy = lab,
        waivers: [Waiver] = [],
        previous: [ProbeObservation] = [],
        tries: Int = 0
    ) -> Judgement {
        Gate.judge(
            connector: key,
            settings: Self.settings(level, settings),
            observations: observations,
            policy: policy,
            waivers: waivers,
            roots: roots,
            now: now,
            previous: previous,
            tries: tries
        )
    }

    /// The tests' addresses are those for documentation, which are not public.
    static let lab = GatePolicy(allowsPrivateAddresses: true)
}
