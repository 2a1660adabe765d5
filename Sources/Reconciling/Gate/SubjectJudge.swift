import Connectors
import FoundationEssentials
import Probing
import TLSGate

/// Has one connector judged by what was seen, whichever way its mail goes.
struct SubjectJudge {
    let policy: GatePolicy
    let waivers: [Waiver]
    let acceptedDomains: [String]?
    let roots: TrustRoots
    let now: Date
    let previous: [ProbeObservation]
    let tries: Int

    func judgement(
        of subject: Gatekeeper.Subject,
        _ observations: [ObservationRequest: PartnerObservations]
    ) -> Judgement {
        guard subject.key.kind == .outboundConnector else {
            return Gate.judgeInbound(
                connector: subject.key,
                settings: subject.settings,
                sample: subject.sample.map { Array($0.utf8) },
                acceptedDomains: acceptedDomains,
                partner: observations.values.sorted { "\($0.nextHop)" < "\($1.nextHop)" },
                policy: policy,
                waivers: waivers,
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
            roots: roots,
            now: now,
            fieldSources: subject.fieldSources,
            previous: previous,
            tries: tries
        )
    }
}
