import Connectors
import FoundationEssentials
import Probing

/// How far TLS came at an address.
enum TLSState {
    /// The handshake was completed; unreadable certificates are `nil`.
    case established([Certificate?])
    /// The server has no TLS that Exchange Online could use, and says so for good.
    case absent
    /// It was not found out.
    case unknown

    var chain: [Certificate] {
        guard case .established(let chain) = self else { return [] }
        return chain.compactMap { $0 }
    }
}

/// What is to be said of one address of a host.
struct AddressJudgement {
    var address: String
    var subject: String
    var findings: [Finding] = []
    /// Until all is said of the address, its certificates among it; they take many times their bytes.
    var tls = TLSState.unknown
    /// Of the certificates that it presents, but for trusted roots.
    private(set) var forecasts: [CertificateForecast] = []
    /// When the server's own certificate ends.
    private(set) var leafEnd: Date?
    /// False for an address that does not take part in the verdict: it was left out, or we have no way to it.
    var counts = true
    /// False where our own network kept us from looking: nothing is known, and there is no finding about the server.
    var isSeen = true
    var observedAt: Date?
    /// Whether the server sent more certificates than were looked at.
    var isChainCut = false

    /// Keeps of the certificates when they end, and forgets the rest.
    mutating func forgetCertificates(_ connector: ConnectorKey, roots: TrustRoots) {
        guard case .established(let chain) = tls else { return }
        leafEnd = tls.chain.first?.notAfter
        forecasts = ExpiryForecast.of(tls.chain, at: subject, connector, roots: roots)
        tls = .established(chain.map { _ in nil })
    }

    /// What becomes of mail at it, with what is said of its host.
    func result(_ host: [Finding]) -> Deliverability {
        let result = VerdictAlgebra.result(of: host + findings)
        return !isSeen && result == .deliverable ? .unknown : result
    }
}

/// Judges one address by the connections that were made to it: the way to it, the dialogue, and TLS.
struct AddressJudge {
    let context: Context
    /// The level for checks of STARTTLS, which DANE can raise.
    let transportLevel: TLSLevel
    /// Whether an MTA-STS policy demands encryption, whatever the level.
    var isPolicyEnforced = false
    /// All of the address.
    let probes: [ProbeObservation]

    /// The probe that says what Exchange Online would meet.
    var main: ProbeObservation? {
        let own = probes.filter { $0.profile == .exo }
        return own.last { $0.sni != nil } ?? own.last ?? probes.last
    }

    var diagnostic: ProbeObservation? { probes.last { $0.profile == .diagnostic } }

    func judgement() -> AddressJudgement? {
        guard let main else { return nil }
        var result = AddressJudgement(address: main.address, subject: main.subject, observedAt: main.at)
        if let reason = main.notProbed {
            result.findings = notProbed(main, reason, &result.counts).map { [$0] } ?? []
            result.tls = .unknown
            return result
        }
        if context.isPortBlocked, main.isSilent {
            result.isSeen = false
            return result
        }
        result.findings = walk(main).compactMap { $0 }
        result.tls = tlsState(main, result.findings)
        if case .unknown = result.tls, VerdictAlgebra.result(of: result.findings) == .deliverable {
            result.findings += present(unfinished(main))
        }
        result.isChainCut = (main.certificatesSent ?? 0) > main.presentedChain.count
        if case .established(let chain) = result.tls {
            let shown = main.completed(.handshake) ? main : diagnostic ?? main
            let judge = CertificateJudge(context: context, probe: shown, probes: probes, parsed: chain)
            result.findings += judge.findings()
        }
        return result
    }

    private func notProbed(_ probe: ProbeObservation, _ reason: NotProbedReason, _ counts: inout Bool) -> Finding? {
        switch reason {
        case .addressNotPublic(let kind):
            if context.policy.allowsPrivateAddresses { counts = false }
            return context.policy.allowsPrivateAddresses
                ? nil
                : AddressFindings.notPublic(context, subject: probe.subject, address: probe.address, kind: kind)
        case .overTheCap:
            counts = false
            return context.finding(
                "mx-many",
                probe.subject,
                "This address was not looked at, as the partner has more than are looked at.",
                at: probe.at
            )
        case .backingOff(let until):
            return context.finding(
                "smtp-greeting-4xx",
                probe.subject,
                "The server asked for fewer connections, so it was not asked again before \(Timestamp.text(until)).",
                remedy: "Run it again later.",
                at: probe.at
            )
        case .noIPv6:
            return context.finding(
                "addr-ipv6-only",
                probe.subject,
                "Exchange Online reaches this server over IPv6, and where we look from there is none. \(probe.seenFrom.sentence).",
                outcome: .unknown,
                remedy: "Here: run the gate where IPv6 works.",
                at: probe.at
            )
        case .other(let why):
            return context.finding(
                "smtp-closed",
                probe.subject,
                "The server could not be looked at.",
                evidence: ["seen": why],
                at: probe.at
            )
        }
    }

    /// A look that ended without a reason: what it did not come to is not known.
    private func unfinished(_ probe: ProbeObservation) -> Finding? {
        context.finding(
            "smtp-closed",
            probe.subject,
            "The server was not looked at to the end, so it is not known whether mail would flow.",
            remedy: "Run it again later.",
            at: probe.at
        )
    }

    private func tlsState(_ probe: ProbeObservation, _ findings: [Finding]) -> TLSState {
        if probe.completed(.handshake) { return .established(Self.parsed(probe)) }
        // With a key or a group that Exchange Online may not offer, the certificate is judged as others see it.
        if handshake(probe).isDoubtful, let diagnostic { return .established(Self.parsed(diagnostic)) }
        let permanent: Set<String> = [
            "smtp-ehlo-5xx", "starttls-not-offered", "starttls-5xx", "tls-handshake-failed", "tls-version-low",
            "tls-cipher-none-common",
        ]
        // What was not found out is not absent, whichever check says so.
        return findings.contains { permanent.contains($0.check) && $0.outcome != .unknown } ? .absent : .unknown
    }

    private static func parsed(_ probe: ProbeObservation) -> [Certificate?] {
        probe.presentedChain.prefix(CertificateChainJudge.maximumCertificates).map { Certificate(der: $0.bytes) }
    }

    private func walk(_ probe: ProbeObservation) -> [Finding?] {
        var findings = SMTPJudge(context: context, level: transportLevel, probe: probe).findings()
        guard probe.phase(.handshake) != nil else { return findings }
        findings += handshake(probe).findings()
        return findings
    }

    private func handshake(_ probe: ProbeObservation) -> HandshakeJudge {
        HandshakeJudge(
            context: context,
            level: transportLevel,
            isEncryptionDemanded: transportLevel != .opportunistic || isPolicyEnforced,
            probe: probe,
            diagnostic: diagnostic,
            probes: probes
        )
    }
}

extension String {
    /// With a capital first letter.
    var sentence: String { prefix(1).uppercased() + dropFirst() }
}
