import Configuration
import FoundationEssentials
import Planning
import PullRequests
import Reconciling
import Reports

/// What gives unmanaged connectors their definitions.
extension OfferDesk {
    /// Nothing tells when a connector came to be there.
    private static var always: Date { Date(timeIntervalSince1970: 0) }

    func adoptionWish(
        _ managed: ManagedTenant,
        _ live: OfferStanding.Live?,
        _ visit: Visit
    ) async throws -> OfferWish {
        guard let live else { return .unknown }
        guard !live.unmanaged.isEmpty else { return .nothing }
        let tenant = managed.tenant
        let files = try await files(of: tenant, visit)
        let name = OfferRecord.key(.adoption, of: tenant.name, in: name)
        let found = live.unmanaged.map { unmanaged in
            "\(unmanaged.kind)/\(unmanaged.displayName)/\(unmanaged.risks.map(\.id).joined(separator: ","))"
        }
        let key = DraftKey(definitions: files.id, texts: found.sorted() + ["\(visit.visibility)"])
        if let known = drafts[name], known.key == key { return wish(known, since: Self.always, visit) }
        // What they are set to is read now, once for each set of connectors.
        let observed = try await Reconciler(environment, shared: tools.shared).observed(managed)
        let known = draft(name, key) {
            let draft = AdoptionOffer(
                place: place(of: tenant, visit),
                observed: observed,
                unmanaged: live.unmanaged,
                files: files.files,
                scope: files.scope,
                now: now
            ).draft()
            return (draft.offer, nil)
        }
        return wish(known, since: Self.always, visit)
    }
}
