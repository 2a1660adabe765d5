import Configuration
import Connectors
import Definitions
import Forges
import FoundationEssentials
import GitRepositories
import MailWatch
import Planning
import PullRequests
import Reconciling
import Reports
import StateStore

/// What takes a quarantined commit back in git.
extension OfferDesk {
    /// How many runs are looked at for the commit that was in force before.
    private static let maximumRuns = 200
    /// How many sentences of evidence are told.
    private static let maximumEvidence = 200

    func revertWish(_ managed: ManagedTenant, _ visit: Visit) async throws -> OfferWish {
        let tenant = managed.tenant
        let standing = try await environment.store.standing(of: tenant.name)
        // A run that only put drift back was not caused by a commit.
        guard let held = standing.quarantine, held.holdsCorrections != true else { return .nothing }
        // Its rollback may still come to nothing, and then the quarantine goes.
        guard standing.unfinished == nil else { return .unknown }
        let storage = visit.snapshot.storage
        // A person may roll back an older run; held is the commit that would be tried next, and taken back is that run's.
        var quarantine = held
        quarantine.revision = try await environment.store.run(matching: held.run).record.revision
        // A branch that was rewritten is held, and has no such commit to take back.
        guard try await storage.isAncestor(quarantine.revision, of: visit.base.hex) else { return .unknown }
        let head = try await files(of: tenant, visit)
        let name = OfferRecord.key(.revert, of: tenant.name, in: name)
        let key = DraftKey(
            definitions: head.id,
            texts: [quarantine.revision, quarantine.run, quarantine.reason, "\(visit.visibility)"]
        )
        let known: KnownDraft
        if let draft = drafts[name], draft.key == key {
            known = draft
        } else {
            let before = try await before(quarantine, tenant, visit)
            let at = try await folder(of: tenant, at: quarantine.revision, visit)
            let evidence = try await evidence(of: quarantine)
            known = draft(name, key) {
                let draft = RevertOffer(
                    place: place(of: tenant, visit),
                    quarantine: quarantine,
                    evidence: evidence,
                    before: before,
                    at: at,
                    head: head.files,
                    scope: head.scope,
                    now: now
                ).draft()
                let left = draft.left.first.map { "\($0.path): \($0.reason)".escapingControls }
                return KnownDraft(key: key, offer: draft.offer, hindrance: left)
            }
        }
        var wish = wish(known, since: quarantine.since, visit)
        wish.about = held.revision
        return wish
    }

    /// The folder as it was when the tenant was last in order: at the commit applied before, or else at the parent.
    private func before(
        _ quarantine: Quarantine,
        _ tenant: TenantConfiguration,
        _ visit: Visit
    ) async throws -> [DefinitionFile] {
        var query = RunQuery(tenant: tenant.name, limit: Self.maximumRuns)
        query.commands = [.apply]
        query.results = [.applied, .unchanged]
        query.before = quarantine.run
        let storage = visit.snapshot.storage
        let runs = try await environment.store.runs(query)
        // Behind the run that wrote the commit, where it came to an end before it was rolled back.
        let own = runs.firstIndex { $0.revision == quarantine.revision } ?? 0
        for run in runs[min(own, runs.count)...] where run.revision != quarantine.revision {
            guard try await storage.isAncestor(run.revision, of: quarantine.revision) else { continue }
            return try await folder(of: tenant, at: run.revision, visit)
        }
        // Where there may be more runs than were read, an older one is not the parent.
        guard runs.count < Self.maximumRuns else {
            throw RunStop(
                .error,
                id: "history-too-long",
                "None of the last \(Self.maximumRuns) runs of \(tenant.name) shows what was in force before \(quarantine.revision.prefix(12)).",
                remedy: "Revert the commit by hand."
            )
        }
        let first = try await storage.commit(quarantine.revision).parents.first
        guard let first else { return [] }
        return try await folder(of: tenant, at: first, visit)
    }

    /// The files of a folder, which an older commit need not have.
    private func folder(
        of tenant: TenantConfiguration,
        at commit: String,
        _ visit: Visit
    ) async throws(GitError) -> [DefinitionFile] {
        do throws(GitError) {
            return try await files(of: tenant, at: commit, visit).files
        } catch .missingFolder {
            return []
        }
    }

    /// On what it was rolled back: what the runs say, and the figures of the watch over mail.
    ///
    /// - Throws: Where the store does not answer: what is drafted without it would stay so.
    private func evidence(of quarantine: Quarantine) async throws(StateStoreError) -> [String] {
        let store = environment.store
        var sentences: [String] = []
        let run = try await store.run(matching: quarantine.run).record
        if !run.message.isEmpty { sentences.append("Run \(run.id): \(run.message)") }
        for document in try await store.documents(DocumentQuery(.watch, tenant: quarantine.tenant)) {
            guard let watch = try? JSONDecoder().decode(Watch.self, from: Data(document.json.utf8)) else {
                // It will not be readable later either.
                sentences.append(
                    "The store's record of the watch \(document.key) cannot be read, so it is not told here."
                )
                continue
            }
            guard watch.takeBackRun == quarantine.run || watch.revision == quarantine.revision, watch.verdict != nil
            else { continue }
            sentences += watch.account.map { line in String(line.drop { $0 == " " }) }
        }
        return Array(sentences.prefix(Self.maximumEvidence))
    }
}
