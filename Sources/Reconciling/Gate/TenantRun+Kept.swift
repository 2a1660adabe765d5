import Configuration
import Connectors
import FoundationEssentials
import Planning
import Probing
import StateStore
import TLSGate

extension TenantRun {
    /// What runs since an instant saw of the connectors' next hops, for each the newest.
    func kept(_ connectors: [DesiredConnector], since instant: Date) async throws(RunStop) -> [PartnerObservations] {
        let policy = shared.gatekeeper.policy
        let wanted = Set(
            connectors.filter { $0.key.kind == .outboundConnector }
                .flatMap { Gate.requests(for: $0.key, settings: $0.settings, policy: policy) }.map(\.nextHop)
        )
        return try await lastSeen(wanted, since: instant).filter { $0.isSeen(since: instant) }
    }

    /// What the tenant's runs saw last of each of the next hops; of others nothing is read.
    func lastSeen(_ hops: Set<NextHop>, since instant: Date? = nil) async throws(RunStop) -> [PartnerObservations] {
        guard !hops.isEmpty else { return [] }
        let subjects = Set(hops.map { GateEvidence.subject(of: $0) })
        let query = EvidenceQuery(tenant: tenant.name, subjects: subjects, since: instant)
        return try await reading { store in
            try await store.evidence(query).compactMap { GateEvidence(json: $0.json) }.flatMap(\.seen)
        }
        .filter { hops.contains($0.nextHop) }
    }
}

extension PartnerObservations {
    private var probes: [ProbeObservation] { hosts.flatMap(\.probes) }

    /// Whether servers were asked, and none before the instant.
    fileprivate func isSeen(since instant: Date) -> Bool { probes.map(\.at).min().map { $0 >= instant } ?? false }

    /// Whether all that is asked for was seen, and nothing of it hung on the moment.
    ///
    /// A chain that was not kept, as there was no room, was seen and is not known any more.
    func answers(_ request: ObservationRequest) -> Bool {
        guard nextHop == request.nextHop, !isPassing, probes.allSatisfy({ $0.port == request.port }) else {
            return false
        }
        let hasChains = probes.contains { !$0.presentedChain.isEmpty }
        return probes.allSatisfy { $0.tlsVersion == nil || !$0.presentedChain.isEmpty }
            && !(request.wantsMTASTS && mtaSTS.isEmpty) && !(request.wantsCRLs && hasChains && crls.isEmpty)
    }
}
