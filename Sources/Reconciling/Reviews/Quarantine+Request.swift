import Configuration
import FoundationEssentials
import Planning
import PullRequests
import StateStore

extension RunEnvironment {
    /// A quarantine with the request that takes its commit back in git, where we have opened one.
    func naming(_ quarantine: Quarantine?, of managed: ManagedTenant) async throws(StateStoreError) -> Quarantine? {
        guard var quarantine, managed.source.forge?.offers.rollback == .pullRequest else { return quarantine }
        let key = OfferRecord.key(.revert, of: managed.tenant.name, in: managed.source.name)
        // What only names a request holds up nothing, so one that cannot be read names none.
        let record = try await store.documents(DocumentQuery(.offer, key: key)).first.flatMap { document in
            try? JSONDecoder().decode(OfferRecord.self, from: Data(document.json.utf8))
        }
        if let record, record.about == quarantine.revision { quarantine.request = record.shownNumber }
        return quarantine
    }
}
