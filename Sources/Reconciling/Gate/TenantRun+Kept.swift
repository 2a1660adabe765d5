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
        let tenant = tenant.name
        return try await reading { store in
            var left = wanted
            var kept: [PartnerObservations] = []
            var query = RunQuery(tenant: tenant, limit: 20)
            query.hasEvidence = true
            query.startedFrom = instant
            for run in try await store.runs(query) where !left.isEmpty {
                for row in try await store.evidence(run: run.id) {
                    guard let evidence = GateEvidence(json: row.json), !left.isDisjoint(with: evidence.nextHops) else {
                        continue
                    }
                    for seen in evidence.seen where left.contains(seen.nextHop) && seen.isSeen(since: instant) {
                        left.remove(seen.nextHop)
                        kept.append(seen)
                    }
                }
            }
            return kept
        }
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
