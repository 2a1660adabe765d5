package import Configuration
package import Connectors
package import FoundationEssentials
import Definitions
import Planning
package import Probing
import Reports
package import TLSGate

/// What the gate says of one connector at one time, as plain values for whoever compares looks over days.
package struct PartnerLook: Hashable, Sendable {
    package struct Finding: Hashable, Sendable {
        /// The check's id.
        package var check: String
        /// How grave it is; a waived finding is not among them.
        package var outcome: Outcome
        /// The host, without its address; or what else is judged: a domain, the connector, this network.
        package var host: String
        package var message: String
    }

    package struct Certificate: Hashable, Sendable {
        /// The host that presents it, without its address; of an inbound connector, the sample in the definition.
        package var host: String
        /// As `DNS:mail.fabrikam.com, DNS:fabrikam.com`.
        package var names: String
        package var issuer: String
        /// Of its DER, in lower-case hexadecimal.
        package var sha256: String
        package var notAfter: Date
    }

    package var connector: ConnectorKey
    package var verdict: Verdict
    /// The gravest first, without passes; several servers of a host give one.
    package var findings: [Finding]
    /// The servers' own certificates, soonest end first.
    package var certificates: [Certificate]
    /// When the oldest observation in it was made; `nil` when nothing was observed.
    package var observedAt: Date?
    /// How much of the partner's servers was seen.
    package var sight: Sight

    /// - Parameter observations: What the judgement rests on.
    package init(_ judgement: Judgement, of observations: [PartnerObservations] = []) {
        sight = Sight(observations)
        connector = judgement.connector
        verdict = judgement.verdict
        observedAt = judgement.observedAt
        var known: Set<Finding> = []
        findings = judgement.findings.filter { $0.outcome != .pass && !$0.waived }
            .map { Finding(check: $0.check, outcome: $0.outcome, host: Self.host($0.subject), message: $0.message) }
            .filter { known.insert($0).inserted }
        var seen: Set<Certificate> = []
        certificates = judgement.forecasts.filter(\.isLeaf).flatMap { forecast in
            forecast.subjects.map { subject in
                Certificate(
                    host: Self.host(subject),
                    names: forecast.names,
                    issuer: forecast.issuer,
                    sha256: forecast.sha256,
                    notAfter: forecast.notAfter
                )
            }
        }.filter { seen.insert($0).inserted }
    }

    /// `mx1.fabrikam.com [192.0.2.1]:25` without what stands behind the name; an address keeps its brackets.
    private static func host(_ subject: String) -> String {
        guard let place = subject.firstRange(of: " [") else { return subject }
        return String(subject[..<place.lowerBound])
    }
}

extension Reconciler {
    /// The connectors of a tenant's definitions that have a partner to look at: outbound and in use.
    ///
    /// - Throws: When the definitions cannot be read.
    package func partners(of managed: ManagedTenant) async throws(RunStop) -> [ConnectorKey] {
        try await definitions(of: managed).definitions?.desired.connectors
            .filter { $0.kind == .outboundConnector && Gatekeeper.Subject($0).isJudged }.map(\.key) ?? []
    }

    /// Asks one partner's servers, and judges its connector as git has it.
    ///
    /// What was seen within the gate's `maxEvidenceAge` is not asked again, so partners that share servers are asked once.
    ///
    /// - Throws: When the definitions cannot be read, or have no such connector in use.
    package func look(
        at connector: ConnectorKey,
        of managed: ManagedTenant,
        maximumAge: TimeInterval = .infinity
    ) async throws(RunStop) -> PartnerLook {
        let run = try await definitions(of: managed)
        guard let own = run.definitions?.desired.connectors.first(where: { $0.key == connector }),
            Gatekeeper.Subject(own).isJudged
        else {
            throw RunStop(
                .error,
                id: "name-unknown",
                "\(managed.tenant.name) has no connector in use that is called \(connector).",
                remedy: "Read the definitions again; it may have been removed."
            )
        }
        var subject = Gatekeeper.Subject(own)
        subject.before = run.applied.connectors.first { $0.key == connector }?.settings
        let findings = try await shared.gatekeeper.judge(
            [subject],
            waivers: run.definitions?.desired.waivers ?? [],
            outdated: try await run.outdatedWaivers(),
            acceptedDomains: nil,
            maximumAge: maximumAge
        )
        guard let judgement = findings.judgements.first else { throw .interrupted }
        return PartnerLook(judgement, of: findings.observations)
    }

    private func definitions(of managed: ManagedTenant) async throws(RunStop) -> TenantRun {
        var run = self.run(of: managed)
        if let stop = await run.perform([TenantRun.loadDefinitions]) { throw stop }
        return run
    }
}

extension Gatekeeper {
    /// The oldest evidence on which a way back is judged, in seconds.
    private static let mostAge: TimeInterval = 900

    /// Judges a connector as it was before a run, whether mail would flow if it were put back.
    ///
    /// It is judged by what was seen within the last 15 minutes, or the gate's `maxEvidenceAge` if that is less; what is
    /// older is asked again. No waiver counts: they were given for what is there now.
    ///
    /// - Parameter image: The step's before-image.
    /// - Throws: When the gate cannot work, or the task was cancelled.
    package func judge(before image: ObservedConnector) async throws(RunStop) -> PartnerLook {
        let key = ConnectorKey(kind: image.kind, name: image.displayName)
        let subject = Subject(key: key, settings: image.settings, before: image.settings)
        let findings = try await judge([subject], waivers: [], acceptedDomains: nil, maximumAge: Self.mostAge)
        if let judgement = findings.judgements.first { return PartnerLook(judgement) }
        // A connector that was not in use, and a rule, have no server to ask.
        return PartnerLook(
            Judgement(connector: key, verdict: .pass, findings: [], expiresAt: .distantFuture, digest: "")
        )
    }
}
