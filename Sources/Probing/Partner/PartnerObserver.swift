import FoundationEssentials

/// Collects everything that is to be known of one next hop: DNS, every address of every host, policies, revocation lists.
///
/// It judges nothing; what it returns is stored and replayed.
package struct PartnerObserver: Sendable {
    private let resolver: DNSResolver
    private let prober: Prober
    private let policies: PolicyFetcher?
    private let revocations: RevocationFetcher?

    package init(
        resolver: DNSResolver,
        prober: Prober,
        policies: PolicyFetcher? = nil,
        revocations: RevocationFetcher? = nil
    ) {
        self.resolver = resolver
        self.prober = prober
        self.policies = policies
        self.revocations = revocations
    }

    /// Observes a next hop.
    ///
    /// - Parameters:
    ///   - maximumAge: Probes that are older are made anew; `nil` leaves it to their shelf life.
    ///   - limits: `nil` for the prober's own.
    /// - Throws: `CancellationError` only.
    package func observe(
        _ request: ObservationRequest,
        maximumAge: Duration? = nil,
        limits: ProbeLimits? = nil
    ) async throws -> PartnerObservations {
        var observations = PartnerObservations(nextHop: request.nextHop)
        if request.wantsDANE { observations.dnssecSelfTest = await resolver.selfTest() }
        let usesTLSA = observations.dnssecSelfTest?.status == .secure
        observations.hosts = await hosts(of: request, into: &observations)
        try await resolve(&observations.hosts, port: request.port, usesTLSA: usesTLSA)
        let plan = ProbePlan(observations.hosts, request: request)
        for (host, refused) in plan.skipped { observations.hosts[host].probes += refused }

        async let policies = policies(for: request)
        async let reporting = tlsReporting(for: request)
        let probes = try await probe(plan.targets, maximumAge: maximumAge, limits: limits)
        for (host, probes) in probes { observations.hosts[host].probes += probes }
        observations.mtaSTS = try await policies
        observations.tlsReporting = await reporting
        if request.wantsCRLs, let revocations {
            observations.crls = try await revocations.observe(observations.hosts.flatMap(\.probes))
        }
        return observations
    }

    /// The same server once more without a name in the handshake: whether its certificate depends on that.
    package func withoutSNI(_ probe: ProbeObservation, maximumAge: Duration? = nil) async throws -> ProbeObservation? {
        guard let address = NetworkAddress(probe.address), probe.sni != nil else { return nil }
        let target = ProbeTarget(host: probe.host, address: address, port: probe.port, sni: nil)
        return try await prober.examine(target, maximumAge: maximumAge).first
    }

    // MARK: Hosts

    /// The hosts of the next hop in the order in which mail tries them, those beyond the cap marked as such.
    private func hosts(
        of request: ObservationRequest,
        into observations: inout PartnerObservations
    ) async -> [HostObservations] {
        switch request.nextHop {
        case .smartHosts(let hosts):
            return HostOrder.capped(hosts.map { HostObservations(host: $0.lowercasedName) })
        case .mx(let domain):
            let mx = await resolver.ask(domain, .mx)
            observations.mx = mx
            if mx.bogusReason != nil, request.wantsDANE { return [] }
            guard mx.failure == nil, mx.rcode == 0 else { return [] }
            if mx.answers.isEmpty { return [HostObservations(host: domain.lowercasedName)] }
            return HostOrder.capped(HostOrder.sorted(mx))
        }
    }

    /// Asks for the addresses of all hosts at once, and for their TLSA records where DANE can be used.
    private func resolve(_ hosts: inout [HostObservations], port: Int, usesTLSA: Bool) async throws {
        let resolved = await withTaskGroup(of: (Int, HostObservations).self) { group in
            for (index, host) in hosts.enumerated() where host.notProbed == nil && AddressBlock(host.literal) == nil {
                group.addTask { (index, await resolve(host, port: port, usesTLSA: usesTLSA)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (index, host) in resolved { hosts[index] = host }
        try Task.checkCancellation()
    }

    private func resolve(_ host: HostObservations, port: Int, usesTLSA: Bool) async -> HostObservations {
        var host = host
        let name = host.host
        async let ipv4 = resolver.ask(name, .a)
        async let ipv6 = resolver.ask(name, .aaaa)
        (host.ipv4, host.ipv6) = (await ipv4, await ipv6)
        guard usesTLSA, host.hasSecureAddresses else { return host }
        // RFC 7672 2.2.2: the end of a chain of aliases first, then the name that the chain starts from.
        for base in host.tlsaBases {
            let tlsa = await resolver.ask("_\(port)._tcp.\(base)", .tlsa)
            host.tlsa.append(tlsa)
            if !tlsa.answers.isEmpty || tlsa.failure != nil || tlsa.bogusReason != nil { break }
        }
        return host
    }

    // MARK: Probes

    /// Probes all targets at once; the prober's manners order what must be in order.
    private func probe(
        _ targets: [ProbePlan.Target],
        maximumAge: Duration?,
        limits: ProbeLimits?
    ) async throws -> [(host: Int, probes: [ProbeObservation])] {
        try await withThrowingTaskGroup(of: (Int, [ProbeObservation]).self) { group in
            for (index, target) in targets.enumerated() {
                group.addTask {
                    (index, try await prober.examine(target.target, maximumAge: maximumAge, limits: limits))
                }
            }
            let found = try await group.reduce(into: [Int: [ProbeObservation]]()) { $0[$1.0] = $1.1 }
            return targets.indices.map { (targets[$0].host, found[$0] ?? []) }
        }
    }

    // MARK: Policies

    private func policies(for request: ObservationRequest) async throws -> [MTASTSObservation] {
        guard request.wantsMTASTS, let policies else { return [] }
        var observations: [MTASTSObservation] = []
        for domain in request.policyDomains { observations.append(try await policies.observe(domain)) }
        return observations
    }

    private func tlsReporting(for request: ObservationRequest) async -> DNSObservation? {
        guard request.wantsMTASTS, case .mx(let domain) = request.nextHop else { return nil }
        return await resolver.ask("_smtp._tls.\(domain)", .txt)
    }
}

extension ObservationRequest {
    /// Whose MTA-STS policy counts: the recipient's domain, or each smart host's name (RFC 8461 3.4).
    fileprivate var policyDomains: [String] {
        switch nextHop {
        case .mx(let domain): [domain]
        case .smartHosts(let hosts): hosts.filter { AddressBlock($0.withoutBrackets) == nil }
        }
    }
}

extension String {
    var withoutBrackets: String { hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self }
}
