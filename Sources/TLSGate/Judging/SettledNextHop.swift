import Connectors
import FoundationEssentials

/// A next hop with the policy applied: what it comes to, and the findings that say why.
struct SettledNextHop {
    var judgement: NextHopJudgement
    var nextHop: NextHopVerdict
    var findings: [Finding]

    init(_ judgement: NextHopJudgement, _ layer: PolicyLayer, _ policy: GatePolicy, tries: Int) {
        var judgement = judgement
        if judgement.isInformational { judgement = Self.informational(judgement) }
        judgement.findings = layer.settled(judgement.findings)
        for host in judgement.hosts.indices {
            judgement.hosts[host].findings = layer.settled(judgement.hosts[host].findings)
            for address in judgement.hosts[host].addresses.indices {
                let findings = judgement.hosts[host].addresses[address].findings
                judgement.hosts[host].addresses[address].findings = layer.settled(findings)
            }
        }
        judgement = Self.withoutNolisting(judgement)
        let hosts = judgement.hosts.map { Self.host($0) }
        let units = Self.units(judgement)
        let result = Self.result(judgement, units)
        if result == .degraded { judgement = Self.degraded(judgement, policy) }
        self.judgement = judgement
        findings = judgement.findings + judgement.hosts.flatMap { $0.findings + $0.addresses.flatMap(\.findings) }
        var verdict = VerdictAlgebra.verdict(result, policy, tries: tries)
        if result == .deliverable, VerdictAlgebra.isIncomplete(units) { verdict = verdict.joined(with: .warn) }
        if findings.contains(where: { $0.waived || $0.outcome == .warn }) { verdict = verdict.joined(with: .warn) }
        verdict = findings.filter { !$0.waived }.compactMap(\.demands).reduce(verdict) { $0.joined(with: $1) }
        if judgement.isInformational { verdict = .pass }
        nextHop = NextHopVerdict(
            name: judgement.name.escapingControls,
            result: result,
            verdict: verdict,
            hosts: hosts
        )
    }

    private static func result(_ judgement: NextHopJudgement, _ units: [VerdictAlgebra.Unit]) -> Deliverability {
        let servers = VerdictAlgebra.result(of: units)
        return switch VerdictAlgebra.result(of: judgement.findings) {
        case .undeliverable: .undeliverable
        // Servers that all fail do so whatever else may be demanded of them; forged ones would not be the partner's.
        case .unknown: servers == .undeliverable && !judgement.mayBeForged ? .undeliverable : .unknown
        case .deliverable, .degraded: servers
        }
    }

    private static func units(_ judgement: NextHopJudgement) -> [VerdictAlgebra.Unit] {
        judgement.hosts.filter(\.counts).flatMap { host in
            let counted = host.addresses.filter(\.counts)
            guard !counted.isEmpty else {
                let own = VerdictAlgebra.result(of: host.findings)
                return [
                    VerdictAlgebra.Unit(preference: host.preference, result: own == .undeliverable ? own : .unknown)
                ]
            }
            return counted.map { address in
                VerdictAlgebra.Unit(
                    preference: host.preference,
                    result: address.result(host.findings)
                )
            }
        }
    }

    private static func host(_ host: HostJudgement) -> HostVerdict {
        let addresses = host.addresses.filter(\.counts).map { address in
            AddressVerdict(
                address: address.address,
                result: address.result(host.findings)
            )
        }
        let units = addresses.map { VerdictAlgebra.Unit(preference: 0, result: $0.result) }
        let own = VerdictAlgebra.result(of: host.findings)
        return HostVerdict(
            host: host.host.escapingControls,
            preference: host.preference,
            result: units.isEmpty ? (own == .undeliverable ? own : .unknown) : VerdictAlgebra.result(of: units),
            addresses: addresses
        )
    }

    /// Where other servers take the mail, a server that does not is told with that: it is why a person may accept it.
    private static func degraded(_ judgement: NextHopJudgement, _ policy: GatePolicy) -> NextHopJudgement {
        let alone = "mail waits up to 24 hours and is then returned."
        let both =
            "other servers of this partner take mail, so some of it gets through and some waits, up to 24 hours."
            + (policy.degraded == .approve ? " A person must accept that." : "")
        func told(_ findings: [Finding]) -> [Finding] {
            findings.map { finding in
                guard finding.outcome == .fail, !finding.waived else { return finding }
                var finding = finding
                finding.message = finding.message.replacing(alone, with: both)
                if policy.degraded == .approve, !finding.remedy.isEmpty {
                    let end = finding.remedy.hasSuffix(".") ? String(finding.remedy.dropLast()) : finding.remedy
                    finding.remedy = "\(end); or here: accept it with a Waiver for \(finding.check)."
                }
                return finding
            }
        }
        var judgement = judgement
        for host in judgement.hosts.indices {
            judgement.hosts[host].findings = told(judgement.hosts[host].findings)
            for address in judgement.hosts[host].addresses.indices {
                judgement.hosts[host].addresses[address].findings = told(
                    judgement.hosts[host].addresses[address].findings
                )
            }
        }
        return judgement
    }

    /// A domain that stands for others which are not known: what was seen is told and decides nothing.
    private static func informational(_ judgement: NextHopJudgement) -> NextHopJudgement {
        func eased(_ findings: [Finding]) -> [Finding] {
            findings.map { finding in
                var finding = finding
                if [.fail, .warn, .unknown].contains(finding.outcome) { finding.outcome = .info }
                finding.demands = nil
                return finding
            }
        }
        var judgement = judgement
        judgement.findings = eased(judgement.findings)
        for host in judgement.hosts.indices {
            judgement.hosts[host].findings = eased(judgement.hosts[host].findings)
            for address in judgement.hosts[host].addresses.indices {
                judgement.hosts[host].addresses[address].findings = eased(
                    judgement.hosts[host].addresses[address].findings
                )
            }
        }
        return judgement
    }

    /// A preferred server that only refuses, with another that delivers behind it, is a known defence against spam.
    private static func withoutNolisting(_ judgement: NextHopJudgement) -> NextHopJudgement {
        let counted = judgement.hosts.filter { host in host.counts && host.addresses.contains(where: \.counts) }
        guard let best = counted.map(\.preference).min() else { return judgement }
        let first = counted.filter { $0.preference == best }
        let refuses = first.allSatisfy { host in
            VerdictAlgebra.result(of: host.findings) == .deliverable
                && host.addresses.filter(\.counts).allSatisfy { address in
                    let open = address.findings.filter { $0.outcome == .fail || $0.outcome == .unknown }
                    return !open.isEmpty && open.allSatisfy { $0.check == "tcp-refused" }
                }
        }
        let delivers = counted.contains { host in
            host.preference > best
                && host.addresses.contains {
                    $0.counts && $0.result(host.findings) == .deliverable
                }
        }
        guard refuses, delivers else { return judgement }
        var judgement = judgement
        for host in judgement.hosts.indices where judgement.hosts[host].preference == best {
            for address in judgement.hosts[host].addresses.indices {
                for index in judgement.hosts[host].addresses[address].findings.indices
                where judgement.hosts[host].addresses[address].findings[index].check == "tcp-refused" {
                    judgement.hosts[host].addresses[address].findings[index].outcome = .warn
                    judgement.hosts[host].addresses[address].findings[index].message =
                        "The preferred server refuses connections and another takes the mail; some do so on purpose, against spam (nolisting)."
                }
            }
        }
        return judgement
    }
}

extension NextHopJudgement {
    /// Whether it could not be checked that the servers are those that the partner names.
    fileprivate var mayBeForged: Bool {
        findings.contains { $0.check == "dns-bogus" && $0.outcome == .unknown && !$0.waived }
    }
}
