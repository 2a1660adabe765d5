import Connectors
import FoundationEssentials
import Probing
import TLSGate

/// Has one connector judged by what was seen, whichever way its mail goes.
struct SubjectJudge: Sendable {
    let policy: GatePolicy
    let waivers: [Waiver]
    let outdated: [OutdatedWaiver]
    let acceptedDomains: [String]?
    let roots: TrustRoots
    let now: Date
    let previous: [ProbeObservation]
    let tries: Int

    /// The judgements of all, in their order, on every core.
    func judgements(
        of subjects: [Gatekeeper.Subject],
        _ observations: [ObservationRequest: PartnerObservations]
    ) async -> [Judgement] {
        let partners = observations.values.sorted { "\($0.nextHop)" < "\($1.nextHop)" }
        let vantage = Vantage(partners)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return await subjects.concurrently(window: cores) { judgement(of: $0, observations, partners, vantage) }
    }

    private func judgement(
        of subject: Gatekeeper.Subject,
        _ observations: [ObservationRequest: PartnerObservations],
        _ partners: [PartnerObservations],
        _ vantage: Vantage
    ) -> Judgement {
        guard subject.key.kind == .outboundConnector else {
            return Gate.judgeInbound(
                connector: subject.key,
                settings: subject.settings,
                sample: subject.sample.map { Array($0.utf8) },
                acceptedDomains: acceptedDomains,
                isEvidenceDue: subject.isEvidenceDue,
                partner: partners,
                policy: policy,
                waivers: waivers,
                outdated: outdated,
                roots: roots,
                now: now,
                fieldSources: subject.fieldSources
            )
        }
        let own = Gate.requests(for: subject.key, settings: subject.settings, policy: policy)
        return Gate.judge(
            connector: subject.key,
            settings: subject.settings,
            observations: own.compactMap { observations[$0] },
            policy: policy,
            waivers: waivers,
            outdated: outdated,
            roots: roots,
            now: now,
            fieldSources: subject.fieldSources,
            previous: previous,
            vantage: vantage,
            tries: tries
        )
    }
}
