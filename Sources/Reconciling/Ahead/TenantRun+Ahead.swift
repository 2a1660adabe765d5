import Configuration
import Connectors
import Definitions
import ExchangeOnline
import FoundationEssentials
import GitRepositories
import Planning
import Reports
import StateStore
import TLSGate

/// Applying what a request changes before its merge.
///
/// The commit is the request's head, which contains the branch's tip. What is in force for the branch stays what it was:
/// neither the applied commit nor the quarantine is touched.
extension TenantRun {
    /// From the lease to the last check; it needs ``Options/wish``, and a snapshot of the request's head.
    package static let applyingAhead: [Step] = [
        claim, recover, verifyHead, loadDefinitions, findAhead, observe, makePlan, refuseUnlessShown, judge,
        refuseUnlessClear, askOnceMore, write, validate, watch, concludeAhead,
    ]

    /// The head is held to the signatures that a commit of the branch is held to.
    static let verifyHead: Step = { run throws(RunStop) in
        let source = run.source
        let snapshot = try await run.pass.sources.snapshot(of: source)
        guard let verification = source.verification else { return }
        do throws(GitError) {
            try await run.pass.sources.verify([snapshot.commit.id], in: snapshot, by: verification)
        } catch {
            throw RunStop(error)
        }
    }

    /// Exactly what was shown, over a tenant in which nothing else is open.
    static let refuseUnlessShown: Step = { run throws(RunStop) in
        let wish = try run.known(run.options.wish, "what was asked for")
        let plan = try run.known(run.plan, "the plan")
        guard plan.changesDigest == wish.changesDigest, !plan.changes.isEmpty else {
            throw .notShown(plan, wish, in: run.tenant.name)
        }
        if let quarantine = try await run.standing().quarantine {
            throw .quarantined(quarantine, in: run.tenant.name)
        }
        try await run.refuseTaken(plan, wish)
        // What the gate says now is held to this in `refuseUnlessClear`.
        run.options.acceptedVerdict = wish.verdict ?? .pass
        run.passed.formUnion([.reviews, .verdicts])
    }

    /// Reading the tenant and asking its partners takes minutes, in which people change their minds.
    static let askOnceMore: Step = { run throws(RunStop) in
        guard let reason = await run.options.hindrance?() else { return }
        throw RunStop(
            .held,
            id: "not-begun",
            "\(reason) Nothing was written.",
            cause: .guarded
        )
    }

    static let concludeAhead: Step = { run throws(RunStop) in try run.refuseFailure() }

    /// No connector that another request has ahead, by what the branch says: the head may say something else of it.
    private func refuseTaken(_ plan: Plan, _ wish: AheadWish) async throws(RunStop) {
        let others = try await aheadRuns().filter {
            $0.request != wish.run.request || $0.source != wish.run.source
        }
        guard !others.isEmpty else { return }
        let git = try await definitions(at: wish.run.base, in: try known(snapshot, "the commit"))
        let keys = Set(plan.changes.map(\.key))
        for other in others {
            if let key = other.leading(git, applied).first(where: keys.contains) { throw .takenAhead(key, by: other) }
        }
    }

    /// What is kept of the run, before its first write; `nil` for a run of the branch.
    func writingAhead(_ plan: Plan) async throws(RunStop) -> AheadRun? {
        guard let wish = options.wish else { return nil }
        let snapshot = try known(snapshot, "the commit")
        let git = try await definitions(at: wish.run.base, in: snapshot)
        var run = wish.run.writing(plan, over: git, applied)
        run.run = id
        run.head = snapshot.commit.id
        return run
    }

    /// What the branch's tip says; without the tenant's folder it says nothing.
    private func definitions(at commit: String, in snapshot: SourceSnapshot) async throws(RunStop) -> DesiredTenant {
        do {
            guard try await snapshot.storage.isAncestor(commit, of: snapshot.commit.id) else {
                throw RunStop.behind(snapshot.commit.id, commit)
            }
            let read = try await TenantDefinitions.read(tenant, at: commit, in: snapshot.storage, shared.files)
            var reader = self
            let set = reader.assemble(read.files, read.templates, environment.timing.now())
            guard !set.hasErrors else { throw RunStop.baseInvalid(commit, tenant.name) }
            return set.desired
        } catch GitError.missingFolder {
            return DesiredTenant(connectors: [])
        } catch let error as GitError {
            throw RunStop(error)
        } catch let stop as RunStop {
            throw stop
        } catch {
            throw RunStop(.error, id: "definitions-unreadable", "\(error)")
        }
    }
}

extension RunStop {
    fileprivate static func notShown(_ plan: Plan, _ wish: AheadWish, in tenant: String) -> RunStop {
        RunStop(
            .stale,
            id: "plan-not-shown",
            """
            What would be written to \(tenant) now (digest \(plan.changesDigest.shortDigest)) is not what was shown and approved \
            (\(wish.changesDigest.shortDigest)): the tenant, what was applied to it, or its settings moved. Nothing was written.
            """,
            remedy: "Look at the comment as it is by then, have it approved again, and comment mitregate apply again."
        )
    }

    fileprivate static func quarantined(_ quarantine: Quarantine, in tenant: String) -> RunStop {
        RunStop(
            .held,
            id: Guard.ID.quarantinedRevision.rawValue,
            """
            Commit \(quarantine.revision.prefix(12)) of the branch is quarantined in \(tenant), as run \(quarantine.run) was rolled \
            back. Nothing is applied before its merge there. Nothing was written.
            """,
            remedy: "Merge the correction, or let the commit be tried again: mitregate retry --tenant \(tenant)",
            cause: .quarantined
        )
    }

    fileprivate static func takenAhead(_ key: ConnectorKey, by other: AheadRun) -> RunStop {
        RunStop(
            .held,
            id: "ahead-of-another",
            """
            \(key) runs ahead of git already, as request \(other.request) was applied before its merge (run \(other.run)). \
            Nothing was written.
            """,
            remedy: "Merge request \(other.request) first, or take it back: mitregate rollback \(other.run)"
        )
    }

    fileprivate static func behind(_ head: String, _ base: String) -> RunStop {
        RunStop(
            .held,
            id: "request-behind",
            "The head \(head.prefix(12)) does not contain \(base.prefix(12)), the branch's tip. Nothing was written.",
            remedy: "Merge the branch into the request's, or rebase it."
        )
    }

    fileprivate static func baseInvalid(_ base: String, _ tenant: String) -> RunStop {
        RunStop(
            .held,
            id: "base-invalid",
            """
            The definitions of \(tenant) at \(base.prefix(12)), the branch's tip, have errors, so what the request is ahead of \
            cannot be told. Nothing was written.
            """,
            remedy: "Correct the branch first; `mitregate validate` lists the errors."
        )
    }
}

extension String {
    /// Twelve hex digits of a digest.
    fileprivate var shortDigest: String { String((hasPrefix("sha256:") ? dropFirst(7) : self[...]).prefix(12)) }
}
