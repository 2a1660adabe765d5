import Configuration
import Connectors
import Forges
package import FoundationEssentials
import GitRepositories
import Planning
import PullRequests
import Reconciling
import Reports
import TLSGate

extension RequestDesk {
    /// For how long after its last sign a merge queue is looked after.
    private static var queueTime: TimeInterval { 86_400 }

    /// A delivery told that a merge queue wants a commit tested.
    package func queued(at time: Date) { memory.queuedAt = time }

    /// Sets the statuses on the commits that a merge queue tests, as it merges only what has those that the branch requires.
    ///
    /// GitHub's queue is known by a delivery and looked after for a day from its last commit on, so that a lost delivery
    /// loses nothing while it is in use. GitLab's trains are looked for while the project has them and a request is open.
    func lookAtQueue(_ visit: Visit, open: [PullRequest]) async -> RequestTrouble? {
        do {
            guard let queue = try await visit.forge.queue(into: visit.source.branch), isInUse(queue, open) else {
                return nil
            }
            let all = try await visit.mirror.queue(
                below: queue.prefix,
                only: queue == .trains ? Set(open.map { MergeQueue.train(of: $0.number) }) : nil,
                by: SourceReader.child(environment)
            )
            if !all.isEmpty, queue != .trains { memory.queuedAt = now }
            let commits = Set(all.map(\.commit))
            queueStatuses = queueStatuses.filter { commits.contains($0.key) }
            for entry in all where !isSettled(queueStatuses[entry.commit]) {
                try await answer(entry, among: all, of: queue, visit)
            }
            return nil
        } catch let error as GitError {
            return RequestTrouble(reason: "Refused", message: error.message, remedy: error.remedy)
        } catch {
            return trouble(error)
        }
    }

    private func isSettled(_ statuses: [CommitStatus]?) -> Bool {
        statuses?.allSatisfy { $0.state == .success || $0.state == .failure } ?? false
    }

    private func isInUse(_ queue: MergeQueue, _ open: [PullRequest]) -> Bool {
        guard queue != .trains else { return !open.isEmpty }
        return memory.queuedAt.map { (-60..<Self.queueTime).contains(now.timeIntervalSince($0)) } ?? false
    }

    private func answer(
        _ entry: QueuedCommit,
        among all: [QueuedCommit],
        of queue: MergeQueue,
        _ visit: Visit
    ) async throws {
        guard let head = CommitID(entry.commit), let settings = visit.source.forge else { return }
        // Who brought a request into a queue may write, as whoever merges it may.
        let request = PullRequest(
            number: queue == .trains ? queue.request(of: entry.reference) ?? 0 : 0,
            title: "",
            head: .init(commit: head, branch: String(entry.reference.trimmingPrefix("refs/heads/")), origin: .same),
            base: .init(branch: visit.source.branch, commit: nil),
            author: Person(id: "", login: ""),
            state: .open,
            isDraft: false,
            reviews: [],
            updated: now,
            ref: entry.reference,
            page: ""
        )
        guard try await visit.forge.isTesting(request) else { return }
        let judged = try await judge(entry, request, among: all, of: queue, visit)
        let isSummary = visibility(settings) == .summary
        let statuses = judged.memory.statuses(isSummary: isSummary, review: judged.reviews)
        let former = Set(queueStatuses[entry.commit] ?? [])
        for status in statuses where !former.contains(status) {
            do throws(ForgeError) {
                try await visit.forge.set(status, for: request)
            } catch {
                // The queue has given the commit up.
                guard error.reason == .commitGone else { throw error }
            }
        }
        queueStatuses[entry.commit] = statuses
    }

    /// What would be applied if the commit became the branch's tip, and whether reviewers were shown that.
    private func judge(
        _ entry: QueuedCommit,
        _ request: PullRequest,
        among all: [QueuedCommit],
        of queue: MergeQueue,
        _ visit: Visit
    ) async throws -> (memory: RequestMemory, reviews: [ReviewVerdict]) {
        let (source, mirror) = (visit.source, visit.mirror)
        guard let settings = source.forge else { throw RunStop.forgeMissing(source, environment) }
        guard let tip = CommitID(visit.snapshot.commit.id) else {
            throw GitError.noSuchCommit(id: visit.snapshot.commit.id)
        }
        let trees = try await trees(of: source.tenants, from: tip.hex, to: entry.commit, in: mirror)
        let policy = RequestPolicy(settings)
        let facts = RequestFacts(request: request, base: tip, merge: .merged(MergedTrees(tenants: trees)))
        var queued = RequestMemory(number: request.number)
        let decision = queued.look(facts, policy, at: now)
        let commit = try await mirror.commit(entry.commit)
        let merged = await merged(with: entry, among: all, of: queue, mirror)
        let found = await decision.work.concurrently(window: Self.tenants) { work in
            let found = await self.find(work, in: source, at: commit, mirror)
            return (work: work, result: found.result)
        }
        var reviews: [ReviewVerdict] = []
        for (work, result) in found {
            queued.learn(result, of: work.trees, at: now)
            guard case .planned(let plan, let judgements) = result else { continue }
            reviews.append(ReviewCheck.judge(plan, judgements: judgements, requests: merged, policy: policy))
        }
        return (queued, reviews)
    }

    /// The requests that would be merged by then: those that are, and those whose own queued commit lies behind this one.
    private func merged(
        with entry: QueuedCommit,
        among all: [QueuedCommit],
        of queue: MergeQueue,
        _ mirror: RequestMirror
    ) async -> [RequestMemory] {
        var merged = book.memories.values.filter(\.isMerged)
        for other in all {
            guard let number = queue.request(of: other.reference), var known = book[number], !known.isMerged else {
                continue
            }
            let isBehind = other == entry ? true : try? await mirror.isAncestor(other.commit, of: entry.commit)
            guard isBehind == true else { continue }
            known.merged(as: CommitID(entry.commit), at: now)
            merged.append(known)
        }
        return merged
    }
}
