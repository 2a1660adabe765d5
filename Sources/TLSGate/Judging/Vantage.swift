package import Probing

/// What is wrong where the gate runs, told from all that a run saw: it is said once, and held against no partner.
package struct Vantage: Hashable, Sendable {
    /// What the findings name that are about us.
    package static let subject = "this network"
    /// So many unrelated partners have to fail alike before it is us.
    private static let leastPartners = 3

    /// How many servers were asked, where not one of them said a word; 0 where that is not so.
    package let silentServers: Int
    /// Our own address in one of the connections.
    let address: String?

    /// - Parameter observations: All of a run, over all of its connectors.
    package init(_ observations: [PartnerObservations]) {
        var seen: Set<String> = []
        var partners = 0
        var heard = false
        for partner in observations {
            let probes = partner.hosts.flatMap(\.probes).filter { $0.notProbed == nil }
            guard !probes.isEmpty else { continue }
            heard = heard || !probes.allSatisfy(\.isSilent)
            let addresses = Set(probes.map(\.address))
            if seen.isDisjoint(with: addresses) { partners += 1 }
            seen.formUnion(addresses)
        }
        silentServers = !heard && partners >= Self.leastPartners ? seen.count : 0
        address = observations.lazy.flatMap(\.hosts).flatMap(\.probes).compactMap(\.vantage).first
    }

    /// Whether the port seems to be closed here: no server of three or more partners that share none came as far as a
    /// greeting.
    package var isPortBlocked: Bool { silentServers > 0 }
}

/// The findings about us for one connector: the same for each, so that a report tells them once.
struct VantageJudge {
    let context: Context
    let vantage: Vantage
    /// What was seen for the connector.
    let observations: [PartnerObservations]

    func findings() -> [Finding] { present(dns(), port(), ipv6()) }

    private func dns() -> Finding? {
        guard let partner = observations.first(where: { $0.isDNSSilent == true }) else { return nil }
        let resolver = present(partner.mx, partner.hosts.first?.ipv4).first?.resolver ?? "system"
        return context.finding(
            "vantage-dns",
            Vantage.subject,
            "\(resolver == "system" ? "The system's DNS resolver" : "The resolver \(resolver)") does not answer, so no partner can be judged.",
            remedy: "Here: let gate.resolver name a server that answers; mitregate doctor tests it."
        )
    }

    private func port() -> Finding? {
        guard vantage.isPortBlocked, observations.contains(where: { !$0.hosts.flatMap(\.probes).isEmpty }) else {
            return nil
        }
        let port = context.policy.port
        return context.finding(
            "vantage-blocked",
            Vantage.subject,
            "None of \(vantage.silentServers) servers could be reached on port \(port): this network probably blocks it. Nothing is said about the partners.",
            evidence: ["vantage": vantage.address],
            remedy:
                "Here: run the gate where outgoing connections to port \(port) are allowed; mitregate doctor tests it."
        )
    }

    /// A fact about our network that says nothing of the partner, so it does not count for the verdict.
    private func ipv6() -> Finding? {
        guard observations.flatMap(\.hosts).flatMap(\.probes).contains(where: { $0.notProbed == .noIPv6 }) else {
            return nil
        }
        return context.finding(
            "vantage-no-ipv6",
            Vantage.subject,
            "This network has no IPv6, so servers are looked at over IPv4 alone. Exchange Online tries IPv6 first.",
            remedy: "Here: run the gate where IPv6 works."
        )
    }
}

extension Finding {
    /// Whether it is about the network where the gate runs, and about no partner.
    package var isAboutUs: Bool { subject == Vantage.subject }
}

extension ProbeObservation {
    /// Whether the server said nothing at all.
    var isSilent: Bool {
        guard let last = phases.last else { return true }
        switch last.phase {
        case .connect: return last.outcome != .completed
        case .greeting: return last.outcome != .completed && last.bytesRead == 0 && last.reply == nil
        case .ehlo, .starttls, .handshake, .ehloInTLS: return false
        }
    }
}

extension Int {
    /// `1 host`, `2 hosts`; for nouns that only take an s, or `es` after one.
    func counted(_ noun: String, plural: String = "s") -> String { "\(self) \(noun)\(self == 1 ? "" : plural)" }
}
