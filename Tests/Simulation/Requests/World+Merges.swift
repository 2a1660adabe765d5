import Forges
import Foundation
import Planning
import PullRequests
import Scheduling

/// Finds out what was merged before the branch is obeyed, and writes what became of it.
extension World {
    /// Which requests the branch's new commits are of: the forge is asked, and git tells where that names none.
    func settle(_ replica: Int) {
        guard var desk = desk(of: replica) else { return }
        defer { save(desk, of: replica) }
        guard let former = source.index(of: desk.settled) else {
            desk.settled = source.tip.revision
            return
        }
        let steps = Array((former + 1)..<max(former + 1, source.commits.count))
        var unnamed: [Int] = []
        var isTold = true
        for step in steps.reversed() {
            guard let commit = CommitID(source.commits[step].revision) else { continue }
            do throws(PretendForge.Trouble) {
                if try !named(commit, step, &desk) { unnamed.append(step) }
            } catch {
                isTold = false
                unnamed.append(step)
            }
        }
        takeFromGit(unnamed.sorted(), &desk)
        if isTold { desk.settled = source.tip.revision }
    }

    /// Asks which request brought a commit, and takes that in.
    ///
    /// - Returns: Whether the forge named one.
    private func named(
        _ commit: CommitID,
        _ step: Int,
        _ desk: inout PretendDesk
    ) throws(PretendForge.Trouble) -> Bool {
        let parent = source.commits[step - 1]
        guard let request = try forge.merged(as: commit, at: now) else {
            desk.unnamed.add(commit.hex, parent: parent.revision, at: now)
            return false
        }
        if desk.book[request.number]?.isMerged != true || lacksReviews(request.number, desk) {
            take(request, base: parent.revision, &desk)
        }
        desk.unnamed.remove(commit.hex)
        let trees = tenants.indices.map { tenant in
            TenantTrees(
                tenant: name(tenant),
                base: parent.folders[tenant].tree,
                merged: source.commits[step].folders[tenant].tree
            )
        }
        desk.book[request.number]?.touched(by: trees)
        return true
    }

    /// Asks once more about commits for which the forge named no request.
    func nameLate(_ desk: inout PretendDesk) {
        for entry in desk.unnamed.due(at: now).reversed() {
            guard let commit = CommitID(entry.commit), let step = source.index(of: entry.commit), step > 0 else {
                continue
            }
            let isNamed = try? named(commit, step, &desk)
            guard isNamed != nil else { return }
        }
    }

    /// A head that lies behind a commit, or a commit that makes of the branch exactly what a request was shown to make of it.
    private func takeFromGit(_ steps: [Int], _ desk: inout PretendDesk) {
        let open = desk.book.memories.values.filter(\.isOpen).sorted { $0.number < $1.number }
        for known in open where !known.head.isEmpty {
            let step = steps.first { step in
                source.commits[step].head == known.head || isResult(step, of: known)
            }
            guard let step else { continue }
            note("git tells that #\(known.number) is merged")
            desk.book[known.number]?.merged(as: CommitID(source.commits[step].revision), at: now)
        }
    }

    private func isResult(_ step: Int, of known: RequestMemory) -> Bool {
        guard !known.touched.isEmpty, known.touchedHead == known.head, step > 0 else { return false }
        return known.touched.allSatisfy { trees in
            guard let tenant = Int(trees.tenant.dropFirst()) else { return false }
            return source.commits[step - 1].folders[tenant].tree == trees.base
                && source.commits[step].folders[tenant].tree == trees.merged
        }
    }

    /// A request is not open any more.
    func take(_ request: PullRequest, base: String, _ desk: inout PretendDesk) {
        guard let policy = requestPolicy, let base = CommitID(desk.book[request.number]?.base ?? base) ?? CommitID(base)
        else { return }
        var memory = desk.book[request.number] ?? RequestMemory(number: request.number)
        let merge = MergeResult.failed(reason: "The request is not open any more.", isOurs: false)
        _ = memory.look(RequestFacts(request: request, base: base, merge: merge), policy, at: now)
        if policy.approvals > 0 {
            memory.saw(reviews(of: request), in: circle(request.author), askedAt: now)
        }
        desk.book[request.number] = memory
    }

    private func lacksReviews(_ number: Int, _ desk: PretendDesk) -> Bool {
        guard rules?.approvals != 0, let known = desk.book[number] else { return false }
        return known.isMerged && !known.isSealed && !known.showings.isEmpty
    }

    /// Asks again for the reviews of merged requests of which not all are known.
    func seal(_ desk: inout PretendDesk) {
        for known in desk.book.memories.values.sorted(by: { $0.number < $1.number })
        where lacksReviews(known.number, desk) {
            guard let request = try? forge.request(known.number, at: now), case .merged = request.state else {
                continue
            }
            take(request, base: known.base, &desk)
        }
    }

    /// Holds what reviewers were not shown.
    func holdUnreviewed(_ plan: inout Planning.Plan, _ tenant: Int, _ run: RunInFlight) {
        guard let policy = requestPolicy, !flaws.contains(.appliesUnseen),
            plan.changes.contains(where: { $0.cause != .drift })
        else { return }
        let applied = source.index(of: store.rows[tenant].revision) ?? -1
        let tip = source.index(of: run.commit.revision) ?? 0
        let merged = store.requests.values.filter { memory in
            source.index(of: memory.mergedAs).map { $0 > applied && $0 <= tip } ?? false
        }.sorted { $0.number < $1.number }
        for judgements in [nil, judgements(of: plan, tenant)] {
            let verdict = ReviewCheck.judge(plan, judgements: judgements, requests: merged, policy: policy)
            guard let guardian = verdict.guardian else { continue }
            plan.guards.append(guardian)
            return
        }
    }

    /// How a full round ended is told to the requests that brought its commit.
    func tellRequests(_ outcome: RoundOutcome, _ tenant: Int, isWatched: Bool) {
        guard let replica = replicas.indices.first(where: { replicas[$0].isUp && desk(of: $0) != nil }),
            var desk = desk(of: replica), let tip = source.index(of: outcome.revision),
            let ending = TenantOutcome(outcome, tenant: name(tenant), isWatched: isWatched, at: now)
        else { return }
        for known in desk.book.memories.values.sorted(by: { $0.number < $1.number }) {
            guard known.awaits(ending), let merged = source.index(of: known.mergedAs), merged <= tip,
                desk.book[known.number]?.ended(ending) == true
            else { continue }
            desk.unwritten.insert(known.number)
        }
        save(desk, of: replica)
    }
}
