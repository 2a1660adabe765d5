package import Probing

/// How much one look at a partner saw, so that what was not seen is not taken for what is over.
package struct Sight: Hashable, Sendable {
    /// The hosts of which it is known how they stand: a server answered EHLO, or DNS says that there is none to ask.
    package var seen: Set<String> = []
    /// The hosts that could not be looked at this time.
    package var unseen: Set<String> = []
    /// The addresses that were connected to, where not one of them said a word; empty where one did.
    package var silentServers: Set<String> = []
    /// Whether a server said anything at all.
    package var hasHeard = false
    /// Whether our own resolver answers nothing.
    package var isDNSSilent = false
    /// Whether a next hop's hosts could not be found out.
    package var isDNSFailing = false

    /// Of a look that saw all there is.
    package init() {}

    /// - Parameter observations: All that one look asked for.
    package init(_ observations: [PartnerObservations]) {
        var connected: Set<String> = []
        for partner in observations {
            isDNSSilent = isDNSSilent || partner.isDNSSilent == true
            isDNSFailing = isDNSFailing || partner.hosts.isEmpty && partner.mx?.failure != nil
            for host in partner.hosts where host.notProbed == nil {
                let probes = host.probes.filter { $0.notProbed == nil }
                connected.formUnion(probes.map(\.address))
                hasHeard = hasHeard || probes.contains { !$0.isSilent }
                if host.isKnown { seen.insert(host.host) } else { unseen.insert(host.host) }
            }
        }
        // Several next hops may lead to one host.
        unseen.subtract(seen)
        if !hasHeard { silentServers = connected }
    }

    /// Whether the look tells nothing of the partner, so that it is to be looked at again soon.
    package var isBlind: Bool { seen.isEmpty && (isDNSSilent || isDNSFailing || !unseen.isEmpty) }
}

extension HostObservations {
    /// Whether the look says how the host stands.
    fileprivate var isKnown: Bool {
        if probes.contains(where: \.answeredEHLO) { return true }
        if probes.contains(where: { $0.notProbed == nil }) { return false }
        // No connection was made: because there is nothing to connect to, or because that could not be done now.
        for probe in probes {
            switch probe.notProbed {
            case .backingOff, .other, .overTheCap, .noIPv6: return false
            case .addressNotPublic, nil: break
            }
        }
        return ipv4?.failure == nil && ipv6?.failure == nil
    }
}

extension ProbeObservation {
    /// Whether the server came as far as saying what it offers, or that it offers nothing to us.
    fileprivate var answeredEHLO: Bool {
        phases.contains { phase in
            guard phase.phase == .ehlo else { return false }
            return phase.outcome == .completed || phase.outcome == .replied && (phase.reply?.code ?? 0) >= 500
        }
    }
}
