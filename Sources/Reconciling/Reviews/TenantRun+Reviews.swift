package import Configuration
import Forges
import FoundationEssentials
import GitRepositories
import Planning
package import PullRequests
import StateStore
import TLSGate

extension TenantRun {
    /// Holds what reviewers were not shown, where the source's forge asks for that.
    static let checkReviews: Step = { run throws(RunStop) in
        try await run.holdUnreviewed()
        run.passed.insert(.reviews)
    }

    /// The same once more with what the gate says now: a worse verdict than was shown is held.
    static let checkVerdicts: Step = { run throws(RunStop) in
        try run.require(.gate)
        if run.options.judgesPartners { try await run.holdUnreviewed(judgements: run.judgements) }
        run.passed.insert(.verdicts)
    }

    private mutating func holdUnreviewed(judgements: [Judgement]? = nil) async throws(RunStop) {
        guard let forge = source.forge, options.reference == .branch, options.checksReviews, options.states == nil,
            var plan, plan.changes.contains(where: { $0.cause != .drift }),
            !plan.guards.contains(where: { $0.id == Guard.ID.notReviewed.rawValue })
        else { return }
        let verdict = ReviewCheck.judge(
            plan,
            judgements: judgements,
            requests: try await mergedRequests(),
            policy: RequestPolicy(forge)
        )
        guard let guardian = verdict.guardian else { return }
        plan.guards.append(guardian)
        self.plan = plan
    }

    /// The requests that were merged since the commit applied last.
    private func mergedRequests() async throws(RunStop) -> [RequestMemory] {
        let snapshot = try known(snapshot, "the commit")
        let prefix = "\(source.name)/"
        let documents = try await reading { store in
            try await store.documents(DocumentQuery(.pullRequest, prefix: prefix))
        }
        var merged: [RequestMemory] = []
        for document in documents {
            do {
                let memory = try JSONDecoder().decode(RequestMemory.self, from: Data(document.json.utf8))
                if memory.mergedAs.flatMap({ CommitID($0) }) != nil { merged.append(memory) }
            } catch {
                // Left out, it would count as a request that never was.
                throw RunStop(StateStoreError.unreadable(what: "the request \(document.key)", detail: "\(error)"))
            }
        }
        guard !merged.isEmpty else { return [] }
        do throws(GitError) {
            let commits = try await newCommits(snapshot)
            return merged.filter { commits.contains($0.mergedAs ?? "") }
        } catch {
            throw RunStop(error)
        }
    }

    /// The commits behind the tip that are not behind the one applied last; all, where that one is not known any more.
    private func newCommits(_ snapshot: SourceSnapshot) async throws(GitError) -> Set<String> {
        let tip = snapshot.commit.id
        guard let last = applied.revision else { return Set(try await snapshot.storage.history(of: tip)) }
        do {
            return Set(try await snapshot.storage.commits(to: tip, since: last))
        } catch .noSuchCommit {
            return Set(try await snapshot.storage.history(of: tip))
        }
    }
}

extension RequestPolicy {
    /// What the operator's file says about a source's requests.
    package init(_ forge: SourceForge) {
        self.init(
            review: Review(rawValue: forge.review.rawValue) ?? .required,
            approvals: forge.approvals,
            appliesByComment: forge.apply == .comment
        )
    }
}
