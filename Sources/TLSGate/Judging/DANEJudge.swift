import Connectors
import FoundationEssentials
import Probing

/// What DANE says of a host before any connection is looked at.
enum DANEState {
    /// No record applies.
    case absent
    /// Records apply and none can be used: encryption is demanded, the certificate is not looked at.
    case unusable
    case usable([TLSARecord], base: String)
    /// The records could not be had, so the host must not be used.
    case failed

    /// Whether mail must be encrypted whatever the connector demands.
    var demandsTLS: Bool {
        switch self {
        case .unusable, .usable: true
        case .absent, .failed: false
        }
    }
}

/// Judges a host by the TLSA records that its domain publishes.
///
/// Source: RFC 7672, 7671, 6698; learn.microsoft.com/purview/how-smtp-dane-works.
struct DANEJudge {
    let context: Context
    let host: HostObservations
    /// Whether the MX record was signed; `nil` where there is no MX.
    let isMXSecure: Bool?
    /// The names that a certificate may carry in addition to the host's (RFC 7672 3.2.2).
    let nextHopNames: [String]

    private var subject: String { host.host }

    func state() -> (DANEState, [Finding]) {
        guard context.daneMode != .off else { return (.absent, []) }
        if case .address? = NameReference(host.host) {
            return (.absent, present(none("the host is an address")))
        }
        guard !host.host.contains("/") else { return (.absent, present(none("the host is an address"))) }
        let isHostSecure = Self.isSecure(host)
        // Exchange Online asks for the records only once all that leads to the host was authentic, the MX first.
        if isMXSecure == false { return (.absent, present(unsignedMX())) }
        for observation in host.tlsa {
            if isHostSecure, let failure = failure(observation) { return (.failed, [failure]) }
            guard !observation.answers.isEmpty else { continue }
            let records = observation.answers.map { record -> TLSARecord in
                if case .tlsa(let data) = record.data { return data }
                return Self.unreadable
            }
            guard isHostSecure, observation.dnssec == .secure else {
                return (
                    .absent, present(insecure(observation), mandatoryNone("its records are not signed"))
                )
            }
            return judged(records, observation)
        }
        // A signed host whose records were not asked for: what was not looked up is not absent.
        if isHostSecure, host.tlsa.isEmpty { return (.failed, present(unasked())) }
        return (.absent, present(none(isHostSecure ? "no TLSA record" : "its zone is not signed")))
    }

    /// Stands for a record that is too short to be one: it is published, and none can use it (RFC 7672 3.1.3).
    private static let unreadable = TLSARecord(usage: 255, selector: 255, matchingType: 255, data: [])

    private func unasked() -> Finding? {
        context.finding(
            "dane-tlsa-failed",
            subject,
            "It was not looked up whether the partner publishes which key this server has (DANE), so it is not known whether mail would flow.",
            outcome: .unknown,
            remedy: "Run it again later.",
            at: host.ipv4?.at
        )
    }

    static func isSecure(_ host: HostObservations) -> Bool {
        let answered = present(host.ipv4, host.ipv6).filter { !$0.answers.isEmpty }
        return !answered.isEmpty && answered.allSatisfy { $0.dnssec == .secure }
    }

    private func none(_ why: String) -> Finding? {
        let isMandatory = context.daneMode == .mandatory
        return context.finding(
            "dane-none",
            subject,
            isMandatory
                ? "The partner does not publish in DNS which key this server has (DANE), and this connector demands it: Exchange Online will not deliver to the server."
                : "The partner does not publish in DNS which key this server has (DANE), so the key is not compared.",
            outcome: isMandatory ? .fail : .info,
            exo: "450 4.7.321 starttls-not-supported",
            evidence: ["seen": why],
            remedy: isMandatory
                ? "Partner: sign the zone with DNSSEC and publish TLSA records; or here: set smtpDaneMode: Opportunistic."
                : "",
            tags: isMandatory ? ["dane-required"] : [],
            at: host.tlsa.first?.at ?? host.ipv4?.at
        )
    }

    private func mandatoryNone(_ why: String) -> Finding? { context.daneMode == .mandatory ? none(why) : nil }

    private func insecure(_ observation: DNSObservation) -> Finding? {
        context.finding(
            "dane-insecure",
            subject,
            "The partner publishes which key this server has (DANE), but its DNS is not signed, so anyone could forge that and it protects nothing. Mail goes without it.",
            evidence: ["seen": observation.question.name],
            remedy: "Partner: sign the zone with DNSSEC, or remove the TLSA records.",
            at: observation.at
        )
    }

    private func unsignedMX() -> Finding? {
        let publishes = host.tlsa.first { !$0.answers.isEmpty }
        guard let publishes else { return none("the MX record is not signed") }
        let isMandatory = context.daneMode == .mandatory
        return context.finding(
            "dane-mx-insecure",
            subject,
            """
            The partner publishes which key this server has (DANE), but the entry that leads to the server (MX) is not \
            signed, so Exchange Online does not ask for it.\
            \(isMandatory ? " This connector demands it: Exchange Online will not deliver to the server." : "")
            """,
            outcome: isMandatory ? .fail : .info,
            exo: "450 4.7.321 starttls-not-supported",
            evidence: ["seen": publishes.question.name],
            remedy: "Partner: sign the zone of the recipient domain with DNSSEC, too.",
            tags: isMandatory ? ["dane-required"] : [],
            at: publishes.at
        )
    }

    private func failure(_ observation: DNSObservation) -> Finding? {
        if case .bogus(let why) = observation.dnssec {
            return failed(observation, "have wrong signatures", seen: why, .fail, exo: "450 4.7.324 dnssec-invalid")
        }
        let isAnswered = observation.failure == nil && [0, 3].contains(observation.rcode ?? -1)
        guard !isAnswered else { return nil }
        let seen =
            observation.failure == .timedOut ? "no answer" : "rcode \(observation.rcode.map(String.init) ?? "none")"
        return failed(observation, "could not be read", seen: seen, .unknown, exo: "450 4.4.312 DNS query failed")
    }

    private func failed(
        _ observation: DNSObservation,
        _ what: String,
        seen: String,
        _ outcome: Outcome,
        exo: String
    ) -> Finding? {
        context.finding(
            "dane-tlsa-failed",
            subject,
            outcome == .fail
                ? """
                DNSSEC for \(observation.question.name) is broken: the signature on the TLSA record of \(host.host) does not \
                verify. Exchange Online takes the answer for forged and holds all mail.
                """
                : "The DNS entries that say which key this server has (DANE) \(what), and by the rules no mail may be sent to it then.",
            outcome: outcome,
            exo: exo,
            evidence: ["seen": "\(observation.question.name): \(seen)", "resolver": observation.resolver],
            remedy: outcome == .fail
                ? "Partner: have your DNS provider sign the zone of \(host.host) again; dnsviz.net shows what is wrong."
                : "Run it again later. If it stays so, the partner's name servers fail for TLSA.",
            tags: ["dnssec-invalid"],
            at: observation.at
        )
    }

    private func judged(_ records: [TLSARecord], _ observation: DNSObservation) -> (DANEState, [Finding]) {
        var found: [Finding?] = []
        let usable = records.filter(Self.isUsable)
        guard !usable.isEmpty else {
            found.append(unusable(records, observation))
            return (.unusable, found.compactMap { $0 })
        }
        let strongest = Self.strongest(usable)
        if strongest.count < usable.count {
            found.append(
                context.finding(
                    "dane-digest-weaker",
                    subject,
                    "The partner publishes the server's key with several kinds of fingerprint (DANE); only the strongest counts.",
                    evidence: ["seen": usable.map(Self.text).joined(separator: "; ")],
                    at: observation.at
                )
            )
        }
        let base = observation.question.name.replacing(/^_[0-9]+\._tcp\./, with: "")
        return (.usable(strongest, base: base), found.compactMap { $0 })
    }

    private func unusable(_ records: [TLSARecord], _ observation: DNSObservation) -> Finding? {
        let isMandatory = context.daneMode == .mandatory
        return context.finding(
            "dane-unusable",
            subject,
            isMandatory
                ? "The partner publishes which key this server has (DANE), in no form that can be used, and this connector demands it: Exchange Online will not deliver to the server."
                : "The partner publishes which key this server has (DANE), in no form that can be used. Exchange Online then demands encryption and does not look at the certificate.",
            outcome: isMandatory ? .fail : .warn,
            exo: "450 4.7.323 tlsa-invalid: The domain failed DANE validation",
            evidence: [
                "seen": records.map(Self.text).joined(separator: "; "), "wanted": "usage 3 (or 2), selector 1, SHA-256",
            ],
            remedy: "Partner: publish a record such as \"3 1 1\" with the SHA-256 of the server's key.",
            tags: ["tlsa-invalid"],
            at: observation.at
        )
    }

    /// Usage 2 or 3, and a selector, a matching type and a length that are known (RFC 7672 3.1.3, RFC 6698 2.1).
    static func isUsable(_ record: TLSARecord) -> Bool {
        guard [2, 3].contains(record.usage), [0, 1].contains(record.selector) else { return false }
        return switch record.matchingType {
        case 0: !record.data.bytes.isEmpty
        case 1: record.data.bytes.count == 32
        case 2: record.data.bytes.count == 64
        default: false
        }
    }

    /// For each usage and selector only the strongest digest counts (RFC 7671 9).
    static func strongest(_ records: [TLSARecord]) -> [TLSARecord] {
        records.filter { record in
            guard record.matchingType == 1 else { return true }
            return !records.contains {
                $0.usage == record.usage && $0.selector == record.selector && $0.matchingType == 2
            }
        }
    }

    static func text(_ record: TLSARecord) -> String {
        let digest = hexadecimal(record.data.bytes.prefix(32))
        let shown = digest.count <= 20 ? digest : "\(digest.prefix(8))…\(digest.suffix(4))"
        return "\(record.usage) \(record.selector) \(record.matchingType) \(shown)"
    }
}
