import Connectors
import FoundationEssentials
import Probing

/// What is to be said of one host of a next hop.
struct HostJudgement {
    var host: String
    var preference: Int
    /// What concerns all addresses of the host.
    var findings: [Finding] = []
    var addresses: [AddressJudgement] = []
    /// False for a host that was left out of the look.
    var counts = true
}

/// Judges one host: its DNS answers, DANE, MTA-STS, and each of its addresses.
struct HostJudge {
    let context: Context
    let host: HostObservations
    let isMX: Bool
    let isImplicit: Bool
    let isMXSecure: Bool?
    let nextHopNames: [String]
    let policies: [MTASTSJudge]
    /// Whether what DNS names and no connection was made to is what was left out for the cap, and told of once.
    var isCapped = false
    /// The most addresses without a connection that are named.
    private static let mostNamed = 20

    func judgement() -> HostJudgement {
        var result = HostJudgement(host: host.host, preference: host.preference)
        if case .overTheCap? = host.notProbed {
            result.counts = false
            result.findings = present(skipped())
            return result
        }
        result.findings = names() + lookUps()
        let dane = DANEJudge(context: context, host: host, isMXSecure: isMXSecure, nextHopNames: nextHopNames)
        let (state, daneFindings) = context.dnssecWorks ? dane.state() : (.absent, [])
        if hasAddress { result.findings += daneFindings }
        let level = state.demandsTLS && context.level == .opportunistic ? TLSLevel.encryption : context.level
        result.addresses = withoutIPv6(
            addresses(level) { address in
                dane.findings(for: address, state) + policies.flatMap { $0.findings(for: address, host: host.host) }
            }
        )
        if hasAddress || !result.addresses.isEmpty {
            for policy in policies { result.findings += policy.findings(forHost: host.host) }
        }
        result.findings += families(result.addresses)
        return result
    }

    private var hasAddress: Bool {
        !(host.ipv4?.answers.isEmpty ?? true) || !(host.ipv6?.answers.isEmpty ?? true) || isAddress
    }

    private var isAddress: Bool {
        if host.host.contains("/") { return true }
        if case .address? = NameReference(host.host) { return true }
        return false
    }

    private func skipped() -> Finding? {
        context.finding(
            "mx-many",
            host.host,
            "This server was not looked at, as the partner has more than are looked at.",
            evidence: ["seen": "preference \(host.preference)"]
        )
    }

    // MARK: Names and addresses

    private func names() -> [Finding] {
        var found: [Finding?] = []
        if isMX, isAddress {
            found.append(
                context.finding(
                    "mx-host-is-address",
                    host.host,
                    "The partner's MX record points to an address where only a name is allowed, so no mail can be sent there.",
                    exo: "450 4.4.312 DNS query failed",
                    evidence: ["seen": "MX \(host.preference) \(host.host)"],
                    remedy: "Partner: give the server a name, and name that in the MX record."
                )
            )
        }
        if !isMX, isAddress, !host.host.contains("/"), host.probes.allSatisfy({ $0.notProbed == nil }),
            let kind = SpecialAddress.name(of: host.host), !context.policy.allowsPrivateAddresses
        {
            found.append(AddressFindings.notPublic(context, subject: host.host, address: host.host, kind: kind))
        }
        let aliases = host.ipv4?.aliases.first ?? host.ipv6?.aliases.first
        if isMX, !isImplicit, let end = (host.ipv4?.aliases.last ?? host.ipv6?.aliases.last), aliases != nil {
            found.append(
                context.finding(
                    "mx-host-cname",
                    host.host,
                    "The partner's MX record names an alias, which the standard forbids. This alone stops no mail.",
                    evidence: ["seen": "\(host.host) → \(end)"],
                    remedy: "Partner: name \(end) in the MX record.",
                    at: host.ipv4?.at
                )
            )
        }
        return found.compactMap { $0 }
    }

    private func lookUps() -> [Finding] {
        let asked = present(host.ipv4, host.ipv6)
        if let bogus = asked.compactMap({ DNSFindings.bogus(context, host.host, $0) }).first { return [bogus] }
        guard !isAddress else { return [] }
        let failed = asked.compactMap { DNSFindings.failure(context, host.host, $0) }
        if hasAddress {
            // The other family answers, so mail flows by that one.
            return failed.map { finding in
                var finding = finding
                finding.outcome = .warn
                finding.exo = nil
                return finding
            }
        }
        if let first = failed.first { return [first] }
        guard !asked.isEmpty else { return present(unseen()) }
        let finding = context.finding(
            "mx-host-no-address",
            host.host,
            "The server's name has no address, so no mail can be sent to it.",
            exo: "450 4.4.312 DNS query failed",
            evidence: [
                "seen": asked.contains { $0.rcode == 3 } ? "the name does not exist (NXDOMAIN)" : "neither A nor AAAA"
            ],
            remedy: isMX
                ? "Partner: give \(host.host) an address, or remove it from the MX."
                : "Here: name a server that exists; or its owner: give \(host.host) an address.",
            at: asked.first?.at
        )
        return present(finding)
    }

    private func unseen() -> Finding? {
        context.finding(
            "dns-failed",
            host.host,
            "The server's address was not looked up, so it is not known whether mail would flow.",
            remedy: "Run it again later."
        )
    }

    /// - Parameter more: What else is to be said of an address while its certificates are at hand.
    private func addresses(_ level: TLSLevel, _ more: (AddressJudgement) -> [Finding]) -> [AddressJudgement] {
        var order: [String] = []
        var byAddress: [String: [ProbeObservation]] = [:]
        for probe in host.probes {
            if byAddress[probe.address] == nil { order.append(probe.address) }
            byAddress[probe.address, default: []].append(probe)
        }
        return order.compactMap { address in
            let judge = AddressJudge(
                context: context,
                transportLevel: level,
                isPolicyEnforced: policies.contains(where: \.isEnforced),
                probes: byAddress[address] ?? []
            )
            guard var judgement = judge.judgement() else { return nil }
            if judgement.counts { judgement.findings += more(judgement) }
            judgement.forgetCertificates(context.connector, roots: context.roots)
            return judgement
        } + (isCapped ? [] : unprobed(Set(order)))
    }

    /// Where our network has no IPv6, a server with an IPv4 address is judged by that one.
    private func withoutIPv6(_ addresses: [AddressJudgement]) -> [AddressJudgement] {
        let missing = Set(host.probes.filter { $0.notProbed == .noIPv6 }.map(\.address))
        guard addresses.contains(where: { $0.counts && !missing.contains($0.address) }) else { return addresses }
        return addresses.map { address in
            guard missing.contains(address.address) else { return address }
            var address = address
            (address.counts, address.findings) = (false, [])
            return address
        }
    }

    /// Addresses that DNS named and no connection was made to: the first of them each, the rest as one.
    private func unprobed(_ probed: Set<String>) -> [AddressJudgement] {
        let missing = host.addresses.filter { !probed.contains($0) }
        let rest = missing.count - Self.mostNamed
        return missing.prefix(Self.mostNamed).map { unprobed($0, "This address was") }
            + (rest > 0 ? [unprobed(rest == 1 ? "1 more" : "\(rest) more", "These addresses were")] : [])
    }

    private func unprobed(_ address: String, _ words: String) -> AddressJudgement {
        let subject = "\(host.host) [\(address)]"
        let finding = context.finding(
            "smtp-closed",
            subject,
            "\(words) not looked at, so it is not known whether mail would flow.",
            outcome: .unknown,
            remedy: "Run it again later."
        )
        return AddressJudgement(address: address, subject: subject, findings: present(finding))
    }

    // MARK: IPv4 and IPv6

    private func families(_ addresses: [AddressJudgement]) -> [Finding] {
        let counted = addresses.filter(\.counts)
        let six = counted.filter { $0.address.contains(":") }
        let four = counted.filter { !$0.address.contains(":") }
        var found: [Finding?] = []
        if !six.isEmpty, four.isEmpty {
            found.append(
                context.finding(
                    "addr-ipv6-only",
                    host.host,
                    "The server has only IPv6 addresses; Exchange Online sends over IPv6.",
                    outcome: .info,
                    evidence: ["seen": six.map(\.address).joined(separator: ", ")]
                )
            )
        }
        let unreached: Set<String> = ["tcp-refused", "tcp-timeout", "smtp-greeting-timeout", "smtp-closed"]
        let failing = six.filter { $0.findings.contains { unreached.contains($0.check) } }
        let delivers = four.contains { address in
            !address.findings.contains { $0.outcome == .fail || $0.outcome == .unknown }
        }
        if delivers, !failing.isEmpty {
            found.append(
                context.finding(
                    "addr-ipv6-failing",
                    host.host,
                    "The server answers over IPv4 and not over IPv6. Exchange Online tries IPv6 first, so each message is delayed.",
                    evidence: ["seen": failing.map(\.address).joined(separator: ", ")],
                    remedy: "Partner: let the server answer on its IPv6 addresses, or remove them from DNS."
                )
            )
        }
        return found.compactMap { $0 }
    }
}

/// Findings about DNS answers.
enum DNSFindings {
    static func bogus(_ context: Context, _ subject: String, _ seen: DNSObservation) -> Finding? {
        guard case .bogus(let why) = seen.dnssec else { return nil }
        guard context.dnssecWorks else { return unsure(context, subject, seen, why) }
        let isJudged = context.daneMode != .off
        return context.finding(
            "dns-bogus",
            subject,
            isJudged
                ? "The signatures on the partner's DNS entries do not fit (DNSSEC), so Exchange Online takes the answers for forged and will not deliver: mail waits up to 24 hours and is then returned."
                : "The signatures on the partner's DNS entries do not fit (DNSSEC). With DANE switched off, Exchange Online is expected to deliver all the same; Microsoft does not document it.",
            outcome: isJudged ? .fail : .warn,
            exo: "450 4.7.324 dnssec-invalid: Destination domain returned invalid DNSSEC records",
            evidence: [
                "seen": why, "question": "\(seen.question.name) \(seen.question.type.rawValue)",
                "resolver": seen.resolver,
            ],
            remedy: "Partner: sign the zone of \(seen.question.name) again, or remove its DS record.",
            tags: ["dnssec-invalid"],
            at: seen.at
        )
    }

    /// Where nothing signed can be checked, everything looks forged: that is our resolver, and says nothing of the partner.
    private static func unsure(_ context: Context, _ subject: String, _ seen: DNSObservation, _ why: String) -> Finding?
    {
        context.finding(
            "dns-bogus",
            subject,
            "From here it cannot be checked whether DNS answers are genuine (DNSSEC), so it is not known whether this one is.",
            outcome: context.daneMode == .off ? .warn : .unknown,
            exo: "450 4.4.312 DNS query failed",
            evidence: [
                "seen": why, "question": "\(seen.question.name) \(seen.question.type.rawValue)",
                "resolver": seen.resolver,
            ],
            remedy:
                "Here: give the gate a resolver that lets DNSSEC through (gate.resolver), and see mitregate doctor.",
            at: seen.at
        )
    }

    /// Why a question has no usable answer; `nil` when it has one, be it that there is nothing.
    static func failure(_ context: Context, _ subject: String, _ seen: DNSObservation) -> Finding? {
        let evidence = [
            "question": "\(seen.question.name) \(seen.question.type.rawValue)", "resolver": seen.resolver,
            "tries": "\(seen.tries)",
        ]
        if seen.failure == .aliasLoop {
            return context.finding(
                "cname-loop",
                subject,
                "The name leads from alias to alias without an end, so its address cannot be found.",
                exo: "450 4.4.312 DNS query failed",
                evidence: evidence.merging(["seen": seen.aliases.prefix(9).joined(separator: " → ")]) { old, _ in old },
                remedy: "Partner: let the name point to an address.",
                at: seen.at
            )
        }
        guard seen.failure != nil || ![0, 3].contains(seen.rcode ?? -1) else { return nil }
        let words = [2: "SERVFAIL", 5: "REFUSED"]
        var why = seen.rcode.map { words[$0] ?? "rcode \($0)" } ?? "no answer"
        if seen.failure == .timedOut { why = "no answer in time" }
        if case .resolver(let text)? = seen.failure { why = text }
        return context.finding(
            "dns-failed",
            subject,
            "DNS gives no answer about this name just now, so it is not known whether mail would flow.",
            exo: "450 4.4.312 DNS query failed",
            evidence: evidence.merging(["seen": why]) { old, _ in old },
            remedy:
                "Run it again later. If it stays so, ask the partner to look at the name servers of this name.",
            at: seen.at
        )
    }
}

extension HostObservations {
    /// The addresses that DNS named, IPv4 first.
    var addresses: [String] {
        ((ipv4?.answers ?? []) + (ipv6?.answers ?? [])).compactMap { record in
            guard case .address(let address) = record.data else { return nil }
            return address
        }
    }
}
