package import Connectors
package import FoundationEssentials
package import Probing

/// The gate: would mail flow under this connector's rules? A pure function of what was seen.
package enum Gate {
    /// Judges an outbound connector as it would be applied.
    ///
    /// - Parameters:
    ///   - settings: The declared fields; Exchange's defaults are laid under them.
    ///   - observations: What was seen of each of `requests(for:)`; what is missing counts as unknown.
    ///   - roots: The trusted roots; those that the policy names by SHA-256 are added where a server presents them.
    ///   - previous: Earlier probes, to tell what changed.
    ///   - vantage: What all observations of the run say of our own network; `nil` takes those of this connector.
    ///   - tries: How often it was judged before with nothing but a hold to show for it.
    package static func judge(
        connector: ConnectorKey,
        settings: Settings,
        observations: [PartnerObservations],
        policy: GatePolicy = GatePolicy(),
        waivers: [Waiver] = [],
        outdated: [OutdatedWaiver] = [],
        roots: TrustRoots,
        now: Date,
        fieldSources: FieldPlaces = [:],
        previous: [ProbeObservation] = [],
        vantage: Vantage? = nil,
        tries: Int = 0
    ) -> Judgement {
        let vantage = vantage ?? Vantage(observations)
        var context = Context(
            connector: connector,
            settings: settings,
            policy: policy,
            roots: roots,
            now: now,
            fieldSources: fieldSources,
            previous: previous
        )
        context.isPortBlocked = vantage.isPortBlocked
        let layer = PolicyLayer(
            connector: connector,
            policy: policy,
            waivers: waivers,
            outdated: outdated,
            now: now
        )
        let configuration = ConfigurationJudge(context: context, judgesAddresses: observations.isEmpty)
        let own = layer.settled(configuration.findings()) + layer.ended()
        let ours = layer.settled(
            VantageJudge(context: context, vantage: vantage, observations: observations).findings()
        )
        let hops = nextHops(context, observations).map { SettledNextHop($0, layer, policy, tries: tries) }
        let findings = ours + own + hops.flatMap(\.findings)
        let counting = own + ours.filter { $0.outcome != .warn }
        let verdict = verdict(of: counting, policy, tries: tries).joined(with: hops.map(\.nextHop.verdict).joined)
        return Judgement(
            connector: connector,
            verdict: verdict,
            findings: ordered(findings),
            nextHops: hops.map(\.nextHop),
            observedAt: observations.flatMap(Freshness.observations).min(),
            expiresAt: expiry(context, observations, hops),
            digest: JudgedFields.digest(connector.kind, context.settings, roots: roots),
            retryAt: verdict == .hold ? retry(policy, tries, now) : nil,
            forecasts: ExpiryForecast.of(hops.map(\.judgement))
        )
    }

    /// Judges a server by itself, as a connector with this demand would that has it for a smart host.
    ///
    /// - Parameter tlsDomain: The name that the certificate must carry at `domain`; the host's own where `nil`.
    package static func judge(
        server host: String,
        level: TLSLevel,
        tlsDomain: String? = nil,
        observations: PartnerObservations,
        policy: GatePolicy = GatePolicy(),
        roots: TrustRoots,
        now: Date,
        vantage: Vantage? = nil
    ) -> Judgement {
        let name = Term.smartHost.normal(host)
        var observations = observations
        observations.nextHop = .smartHosts([name])
        if observations.hosts.count == 1 { observations.hosts[0].host = name }
        var settings: Settings = ["useMXRecord": false, "smartHosts": .list([name])]
        if level != .opportunistic { settings["tlsSettings"] = .text(level.word) }
        if level == .domain { settings["tlsDomain"] = .text(tlsDomain ?? name) }
        return judge(
            connector: ConnectorKey(kind: .outboundConnector, name: host),
            settings: settings,
            observations: [observations],
            policy: policy,
            roots: roots,
            now: now,
            vantage: vantage
        )
    }

    /// What is to be observed before an outbound connector can be judged.
    package static func requests(
        for connector: ConnectorKey,
        settings: Settings,
        policy: GatePolicy = GatePolicy()
    ) -> [ObservationRequest] {
        let context = Context(
            connector: connector,
            settings: settings,
            policy: policy,
            roots: TrustRoots([]),
            now: Date(timeIntervalSince1970: 0)
        )
        return expectedHops(context).map { hop, _ in
            ObservationRequest(
                nextHop: hop,
                port: policy.port,
                wantsDANE: context.daneMode != .off,
                wantsMTASTS: context.honoursMTASTS,
                wantsCRLs: policy.checksRevocation && context.level.checksCertificates
            )
        }
    }

    private static func expectedHops(_ context: Context) -> [(NextHop, isInformational: Bool)] {
        guard context.usesMX else {
            let hosts = context.smartHosts.map { Term.smartHost.normal($0) }
            return hosts.isEmpty ? [] : [(.smartHosts(hosts), false)]
        }
        return RecipientScope(context).domains.map { (.mx(domain: $0.domain.description), $0.isInformational) }
    }

    private static func nextHops(_ context: Context, _ observations: [PartnerObservations]) -> [NextHopJudgement] {
        let byHop = Dictionary(observations.map { ($0.nextHop, $0) }) { first, _ in first }
        return expectedHops(context).map { hop, isInformational in
            let seen = byHop[hop] ?? PartnerObservations(nextHop: hop)
            var judgement = NextHopJudge(context: context, observations: seen).judgement()
            judgement.isInformational = isInformational
            return judgement
        }
    }

    static func verdict(of findings: [Finding], _ policy: GatePolicy, tries: Int) -> Verdict {
        findings.map { finding -> Verdict in
            if finding.waived { return .warn }
            let own: Verdict =
                switch finding.outcome {
                case .fail: .block
                case .unknown: finding.demands ?? VerdictAlgebra.unknown(policy, tries: tries)
                case .warn: .warn
                case .info, .pass: .pass
                }
            return own.joined(with: finding.demands ?? .pass)
        }.joined
    }

    static func ordered(_ findings: [Finding]) -> [Finding] {
        var seen: Set<[String]> = []
        let rank: [Outcome: Int] = [.fail: 0, .unknown: 1, .warn: 2, .info: 3, .pass: 4]
        return findings.filter { seen.insert([$0.check, $0.subject, $0.message]).inserted }.enumerated()
            .sorted { one, other in
                let left = (one.element.waived ? 1 : 0, rank[one.element.outcome] ?? 0, one.offset)
                let right = (other.element.waived ? 1 : 0, rank[other.element.outcome] ?? 0, other.offset)
                return (left.1, left.0, left.2) < (right.1, right.0, right.2)
            }
            .map(\.element)
    }

    private static func retry(_ policy: GatePolicy, _ tries: Int, _ now: Date) -> Date? {
        guard !policy.retries.isEmpty else { return nil }
        return now.addingTimeInterval(policy.retries[min(tries, policy.retries.count - 1)])
    }

    private static func expiry(
        _ context: Context,
        _ observations: [PartnerObservations],
        _ hops: [SettledNextHop]
    ) -> Date {
        var ends = observations.flatMap(Freshness.ends)
        let results = Dictionary(
            hops.flatMap { $0.nextHop.hosts }.flatMap(\.addresses).map { ($0.address, $0.result) }
        ) { one, other in one == .deliverable ? other : one }
        for probe in observations.flatMap(\.hosts).flatMap(\.probes) where probe.notProbed == nil {
            ends.append(Freshness.end(of: probe, results[probe.address] ?? .unknown))
        }
        ends += hops.flatMap { $0.judgement.hosts }.flatMap(\.addresses).compactMap(\.leafEnd)
            .filter { $0 > context.now }
        return ends.min() ?? context.now.addingTimeInterval(context.policy.maximumEvidenceAge)
    }
}

extension Gate {
    /// The probes worth repeating without a name in the handshake.
    ///
    /// Those whose certificate had another name than was wanted, so that `tls-sni-dependent` can tell whether the name made
    /// the difference; and, where a connector looks at certificates, those that no rule obliges Exchange Online to name.
    package static func repeatsWithoutSNI(
        _ observations: [PartnerObservations],
        settings: Settings,
        after judgement: Judgement
    ) -> [ProbeObservation] {
        let mismatched = Set(
            judgement.findings.filter { $0.check == "cert-name-mismatch" && $0.outcome == .fail }.map(\.subject)
        )
        let context = Context(
            connector: judgement.connector,
            settings: settings,
            policy: GatePolicy(),
            roots: TrustRoots([]),
            now: .distantPast
        )
        return observations.flatMap { partner in
            partner.hosts.flatMap { host -> [ProbeObservation] in
                let asked = Set(host.probes.filter { $0.sni == nil && $0.profile == .exo }.map(\.address))
                let isNamed = demandsName(context, partner, host)
                return host.probes.filter { probe in
                    guard probe.profile == .exo, probe.sni != nil, !asked.contains(probe.address) else { return false }
                    return mismatched.contains(probe.subject)
                        || !isNamed && context.level.checksCertificates && probe.completed(.handshake)
                }
            }
        }
    }

    /// Whether DANE (RFC 7672 8.1) or MTA-STS (RFC 8461 7.1) has senders say the server's name in the handshake.
    private static func demandsName(
        _ context: Context,
        _ partner: PartnerObservations,
        _ host: HostObservations
    ) -> Bool {
        let isLedTo = partner.mx.map { $0.dnssec == .secure } ?? true
        let publishes = host.tlsa.contains { !$0.answers.isEmpty && $0.dnssec == .secure }
        if context.daneMode != .off, isLedTo, publishes, DANEJudge.isSecure(host) { return true }
        return context.honoursMTASTS && partner.mtaSTS.contains { $0.fetch?.body != nil || $0.cached != nil }
    }
}
