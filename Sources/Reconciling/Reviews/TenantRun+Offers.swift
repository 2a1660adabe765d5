import Configuration
import FoundationEssentials
import Planning
import PullRequests
import StateStore

extension TenantRun {
    /// A quarantine with the request that takes its commit back in git, where we have opened one.
    func naming(_ quarantine: Quarantine?) async throws(RunStop) -> Quarantine? {
        guard var quarantine, options.states == nil, source.forge?.offers.rollback == .pullRequest else {
            return quarantine
        }
        let key = OfferRecord.key(.revert, of: tenant.name, in: source.name)
        let documents = try await reading { store in try await store.documents(DocumentQuery(.offer, key: key)) }
        // What only names a request holds up nothing, so one that cannot be read names none.
        let record = documents.first.flatMap { document in
            try? JSONDecoder().decode(OfferRecord.self, from: Data(document.json.utf8))
        }
        if let record, record.about == quarantine.revision { quarantine.request = record.shownNumber }
        return quarantine
    }
}
