/// Where a connector's mail goes next.
package enum NextHop: Hashable, Sendable, Codable {
    /// To the MX of this domain, or its address where it has none. A-labels, lower case.
    case mx(domain: String)
    /// To these hosts: names, addresses or IPv4 networks in their normal form.
    case smartHosts([String])
}

/// What is to be observed of a next hop.
package struct ObservationRequest: Hashable, Sendable, Codable {
    package var nextHop: NextHop
    /// 25 unless the operator's configuration, or a test, says otherwise.
    package var port: Int
    package var wantsDANE: Bool
    package var wantsMTASTS: Bool
    package var wantsCRLs: Bool

    package init(
        nextHop: NextHop,
        port: Int = 25,
        wantsDANE: Bool = true,
        wantsMTASTS: Bool = true,
        wantsCRLs: Bool = false
    ) {
        self.nextHop = nextHop
        self.port = port
        self.wantsDANE = wantsDANE
        self.wantsMTASTS = wantsMTASTS
        self.wantsCRLs = wantsCRLs
    }
}

/// Everything that was seen of one next hop: the material of a verdict, stored and replayable.
package struct PartnerObservations: Hashable, Sendable, Codable {
    package var nextHop: NextHop
    /// The MX question; `nil` for smart hosts.
    package var mx: DNSObservation?
    /// Every host of the next hop, those of the MX in the order in which mail tries them.
    package var hosts: [HostObservations]
    /// By policy domain: the recipient domain, or each smart host's name.
    package var mtaSTS: [MTASTSObservation]
    /// TXT of `_smtp._tls.DOMAIN`.
    package var tlsReporting: DNSObservation?
    package var crls: [CRLObservation]
    package var dnssecSelfTest: DNSSECSelfTest?
    /// Whether neither a question about the next hop was answered nor one about a name that has nothing to do with it.
    ///
    /// Then it is our own resolver. `nil` where there was an answer.
    package var isDNSSilent: Bool?
    /// The servers that were not looked at because there are too many; `nil` for none.
    package var leftOut: LeftOut?

    package init(
        nextHop: NextHop,
        mx: DNSObservation? = nil,
        hosts: [HostObservations] = [],
        mtaSTS: [MTASTSObservation] = [],
        tlsReporting: DNSObservation? = nil,
        crls: [CRLObservation] = [],
        dnssecSelfTest: DNSSECSelfTest? = nil
    ) {
        self.nextHop = nextHop
        self.mx = mx
        self.hosts = hosts
        self.mtaSTS = mtaSTS
        self.tlsReporting = tlsReporting
        self.crls = crls
        self.dnssecSelfTest = dnssecSelfTest
    }
}

/// How many servers of a next hop were not looked at, and the first of them.
package struct LeftOut: Hashable, Sendable, Codable {
    /// How many names are kept.
    package static let mostNamed = 20

    /// Hosts of the MX beyond those that are looked at.
    package var hosts = 0
    /// Addresses of the hosts that are looked at.
    package var addresses = 0
    /// The first twenty hosts and addresses, in the order of mail.
    package var named: [String] = []
    /// Whether mail would go to some of them first.
    package var isOfBestPreference = false

    package init() {}

    mutating func add(host: String, isBest: Bool) {
        hosts += 1
        name(host, isBest: isBest)
    }

    mutating func add(address: String, isBest: Bool) {
        addresses += 1
        name(address, isBest: isBest)
    }

    private mutating func name(_ name: String, isBest: Bool) {
        if named.count < Self.mostNamed { named.append(name) }
        if isBest { isOfBestPreference = true }
    }

    var isEmpty: Bool { hosts == 0 && addresses == 0 }
}

/// One host of a next hop: its addresses, its TLSA records, and the connections that were made to it.
package struct HostObservations: Hashable, Sendable, Codable {
    /// The MX target, or the smart host as the connector has it (a name, an address or an IPv4 network).
    package var host: String
    /// The MX preference; 0 for an address record in place of an MX, and for smart hosts.
    package var preference: Int
    /// `nil` for a host that is an address.
    package var ipv4: DNSObservation?
    package var ipv6: DNSObservation?
    /// The TLSA questions in the order in which they were asked: the final name of aliases first, then the host.
    package var tlsa: [DNSObservation]
    /// Each address in order, the EXO profile before the diagnostic one, each after its retries.
    package var probes: [ProbeObservation]
    /// Set when the host was not looked at: its addresses are not known then.
    package var notProbed: NotProbedReason?

    package init(
        host: String,
        preference: Int = 0,
        ipv4: DNSObservation? = nil,
        ipv6: DNSObservation? = nil,
        tlsa: [DNSObservation] = [],
        probes: [ProbeObservation] = [],
        notProbed: NotProbedReason? = nil
    ) {
        self.host = host
        self.preference = preference
        self.ipv4 = ipv4
        self.ipv6 = ipv6
        self.tlsa = tlsa
        self.probes = probes
        self.notProbed = notProbed
    }
}

extension PartnerObservations {
    /// Whether some of it hung on the moment, so that another look may soon see more.
    package var isPassing: Bool {
        let asked = [mx].compactMap { $0 } + hosts.flatMap { [$0.ipv4, $0.ipv6].compactMap { $0 } + $0.tlsa }
        if (asked + mtaSTS.map(\.txt)).contains(where: { $0.failure != nil }) { return true }
        if mtaSTS.contains(where: { $0.fetch.map { $0.body == nil } ?? false }) { return true }
        if hosts.contains(where: \.probes.isUnexplained) { return true }
        return hosts.flatMap(\.probes).contains { probe in
            guard let reason = probe.notProbed else {
                return probe.profile == .exo && probe.shelfLife <= .seconds(60)
            }
            switch reason {
            case .backingOff, .other: return true
            case .addressNotPublic, .overTheCap, .noIPv6: return false
            }
        }
    }
}
