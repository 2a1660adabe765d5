import FoundationEssentials

/// Collects everything that is to be known of one next hop: DNS, every address of every host, policies, revocation lists.
///
/// It judges nothing; what it returns is stored and replayed.
package struct PartnerObserver: Sendable {
    private let resolver: DNSResolver
    private let prober: Prober
    private let policies: PolicyFetcher?
    private let revocations: RevocationFetcher?
    private let questions: @Sendable ([ProbeObservation]) -> [RevocationQuestion]
    private let bounds: ObservationLimits
    private let clock: ProbeClock

    /// - Parameter questions: Of which presented certificates it is asked whether they were revoked.
    package init(
        resolver: DNSResolver,
        prober: Prober,
        policies: PolicyFetcher? = nil,
        revocations: RevocationFetcher? = nil,
        questions: @escaping @Sendable ([ProbeObservation]) -> [RevocationQuestion] = { _ in [] },
        bounds: ObservationLimits = ObservationLimits(),
        clock: ProbeClock = .system
    ) {
        self.resolver = resolver
        self.prober = prober
        self.policies = policies
        self.revocations = revocations
        self.questions = questions
        self.bounds = bounds
        self.clock = clock
    }

    /// Observes a next hop.
    ///
    /// - Parameters:
    ///   - maximumAge: Probes and policies that are older are asked for again; `nil` leaves it to their shelf life.
    ///   - limits: `nil` for the prober's own.
    ///   - budget: What the run may still ask; addresses beyond it are unknown.
    /// - Throws: `CancellationError` only.
    package func observe(
        _ request: ObservationRequest,
        maximumAge: Duration? = nil,
        limits: ProbeLimits? = nil,
        budget: TargetBudget? = nil
    ) async throws -> PartnerObservations {
        let end = clock.elapsed() + bounds.deadline
        var observations = PartnerObservations(nextHop: request.nextHop)
        if request.wantsDANE { observations.dnssecSelfTest = await resolver.selfTest() }
        let usesTLSA = observations.dnssecSelfTest?.status == .secure
        observations.hosts = await hosts(of: request, into: &observations)
        try await resolve(&observations.hosts, port: request.port, usesTLSA: usesTLSA)
        if observations.isWithoutAnswers {
            observations.isDNSSilent = await !resolver.isAnswering()
            if observations.isDNSSilent == true { return observations }
        }
        let plan = ProbePlan(observations.hosts, request: request, most: bounds.addresses)
        observations.leaveOut(plan.leftOut)

        async let policies = policies(for: request, maximumAge: maximumAge)
        async let reporting = tlsReporting(for: request)
        let probes = try await probe(plan.targets, until: end, budget, maximumAge: maximumAge, limits: limits)
        for (host, probes) in probes { observations.hosts[host].probes += probes }
        observations.mtaSTS = try await policies
        observations.tlsReporting = await reporting
        if request.wantsCRLs, let revocations {
            observations.crls = try await revocations.observe(questions(observations.hosts.flatMap(\.probes)))
        }
        return observations
    }

    /// Takes over policies that were seen in earlier runs, as senders may still hold them.
    package func hold(_ policies: [MTASTSObservation]) async { await self.policies?.hold(policies) }

    /// The same server once more without a name in the handshake: whether its certificate depends on that.
    package func withoutSNI(_ probe: ProbeObservation, maximumAge: Duration? = nil) async throws -> ProbeObservation? {
        guard let address = NetworkAddress(probe.address), probe.sni != nil else { return nil }
        var target = ProbeTarget(host: probe.host, address: address, port: probe.port, sni: nil)
        target.isComparison = true
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
            return capped(hosts.map { HostObservations(host: $0.lowercasedName) }, &observations)
        case .mx(let domain):
            let mx = await resolver.ask(domain, .mx)
            observations.mx = mx
            if mx.bogusReason != nil, request.wantsDANE { return [] }
            guard mx.failure == nil, mx.rcode == 0 else { return [] }
            if mx.answers.isEmpty { return [HostObservations(host: domain.lowercasedName)] }
            return capped(HostOrder.sorted(mx), &observations)
        }
    }

    private func capped(
        _ hosts: [HostObservations],
        _ observations: inout PartnerObservations
    ) -> [HostObservations] {
        var leftOut = LeftOut()
        let hosts = HostOrder.capped(hosts, to: bounds.hosts, leftOut: &leftOut)
        observations.leaveOut(leftOut)
        return hosts
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
    ///
    /// What has not answered at `end`, or is beyond the budget, is an observation that says so.
    private func probe(
        _ targets: [ProbePlan.Target],
        until end: Duration,
        _ budget: TargetBudget?,
        maximumAge: Duration?,
        limits: ProbeLimits?
    ) async throws -> [(host: Int, probes: [ProbeObservation])] {
        guard !targets.isEmpty else { return [] }
        let allowed = budget?.take(targets.count) ?? targets.count
        let found = try await withThrowingTaskGroup(of: (Int, [ProbeObservation])?.self) { group in
            for (index, target) in targets.prefix(allowed).enumerated() {
                group.addTask {
                    (index, try await prober.examine(target.target, maximumAge: maximumAge, limits: limits))
                }
            }
            group.addTask { [clock] in
                try await clock.sleep(max(.zero, end - clock.elapsed()))
                return nil
            }
            var found: [Int: [ProbeObservation]] = [:]
            while found.count < allowed, let next = try await group.next(), let (index, probes) = next {
                found[index] = probes
            }
            group.cancelAll()
            return found
        }
        try Task.checkCancellation()
        return targets.indices.map { index in
            let why =
                index < allowed
                ? "no answer within \(Int(bounds.deadline / .seconds(1))) s"
                : "the run has asked as many addresses as it may"
            return (targets[index].host, found[index] ?? [unknown(targets[index].target, why)])
        }
    }

    private func unknown(_ target: ProbeTarget, _ why: String) -> ProbeObservation {
        var observation = target.observation(ehloName: "", at: clock.date())
        observation.notProbed = .other(why)
        return observation
    }

    // MARK: Policies

    private func policies(
        for request: ObservationRequest,
        maximumAge: Duration?
    ) async throws -> [MTASTSObservation] {
        guard request.wantsMTASTS, let policies else { return [] }
        let domains = request.policyDomains.prefix(bounds.hosts)
        return try await withThrowingTaskGroup(of: (Int, MTASTSObservation).self) { group in
            for (index, domain) in domains.enumerated() {
                group.addTask { (index, try await policies.observe(domain, maximumAge: maximumAge)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func tlsReporting(for request: ObservationRequest) async -> DNSObservation? {
        guard request.wantsMTASTS, case .mx(let domain) = request.nextHop else { return nil }
        return await resolver.ask("_smtp._tls.\(domain)", .txt)
    }
}

extension PartnerObservations {
    /// Whether DNS was asked for the next hop and gave nothing that could be used.
    fileprivate var isWithoutAnswers: Bool {
        let asked = [mx].compactMap { $0 } + hosts.flatMap { [$0.ipv4, $0.ipv6].compactMap { $0 } }
        let literal = hosts.contains { AddressBlock($0.literal) != nil }
        return !asked.isEmpty && !literal && asked.allSatisfy { $0.failure != nil && $0.failure != .aliasLoop }
    }

    fileprivate mutating func leaveOut(_ more: LeftOut) {
        guard !more.isEmpty else { return }
        var all = leftOut ?? LeftOut()
        all.hosts += more.hosts
        all.addresses += more.addresses
        all.named = Array((all.named + more.named).prefix(LeftOut.mostNamed))
        all.isOfBestPreference = all.isOfBestPreference || more.isOfBestPreference
        leftOut = all
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
