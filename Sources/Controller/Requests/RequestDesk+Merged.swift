import Configuration
import ExchangeOnline
import Forges
import FoundationEssentials
import GitRepositories
import PullRequests
package import Reconciling

extension RequestDesk {
    /// How many new commits of the branch a forge is asked about, the newest.
    private static var maximumCommits: Int { 20 }
    /// How long the forge is asked before git alone has to tell.
    private static var patience: Duration { .seconds(10) }
    /// How long all of it may take; what is not found out by then is found out later.
    private static var deadline: Duration { .seconds(20) }

    /// Finds out which requests were merged, before anyone obeys the branch's new tip.
    ///
    /// A forge that does not answer holds up nothing: then git tells of merges, by a head that lies behind the tip, or
    /// by a commit that makes of the branch exactly what a request was shown to make of it. Git is asked as well about
    /// commits for which the forge names no request, as it may know of a merge later than its git does.
    package func settle(_ snapshot: SourceSnapshot) async {
        guard let source, source.forge != nil, await load() else { return }
        let tip = snapshot.commit.id
        guard let former = memory.settled, former != tip else {
            if memory.settled == nil {
                memory.settled = tip
                await save([])
            }
            return
        }
        let before = mergedNumbers
        let isTold = await environment.timing.clock.within(Self.deadline) {
            await self.findMerges(snapshot, since: former, source)
        }
        if isTold == true { memory.settled = tip }
        await save(mergedNumbers.subtracting(before))
        wakeTenants(ofMergedSince: before)
    }

    /// - Returns: Whether the forge answered all of it.
    private func findMerges(_ snapshot: SourceSnapshot, since former: String, _ source: Source) async -> Bool {
        let steps = (try? await snapshot.storage.firstParents(of: snapshot.commit.id, since: former)) ?? []
        var named: Set<String>?
        if let settings = source.forge, let forge = try? connect(source) {
            let told = await environment.timing.clock.within(Self.patience) {
                await self.ask(forge, about: steps, settings, at: snapshot)
            }
            named = told ?? nil
        }
        let unnamed = steps.filter { named?.contains($0.commit) != true }
        if named == nil || !unnamed.isEmpty { await take(unnamed, from: snapshot, since: former, source) }
        return named != nil
    }

    var mergedNumbers: Set<Int> { Set(book.memories.values.filter(\.isMerged).map(\.number)) }

    /// The tenants may have seen the tip already, and be held for what is known only now.
    func wakeTenants(ofMergedSince former: Set<Int>) {
        let merged = book.memories.values.filter { $0.isMerged && !former.contains($0.number) }
        let names = Set(merged.flatMap { $0.touched.map(\.tenant) + $0.showings.keys })
        if !names.isEmpty { tools.settled(names.sorted()) }
    }

    /// - Returns: The commits for which it named a request; `nil` where not all of it was answered.
    private func ask(
        _ forge: any Forge,
        about steps: [BranchStep],
        _ settings: SourceForge,
        at snapshot: SourceSnapshot
    ) async -> Set<String>? {
        var named: Set<String> = []
        do throws(ForgeError) {
            for step in steps.suffix(Self.maximumCommits).reversed() {
                let isNamed = try await name(step.commit, after: step.parent, forge, settings, at: snapshot)
                if isNamed { named.insert(step.commit) }
            }
            return named
        } catch {
            return nil
        }
    }

    /// Asks which request brought a commit, and takes that in.
    ///
    /// - Returns: Whether the forge named one.
    private func name(
        _ commit: String,
        after parent: String?,
        _ forge: any Forge,
        _ settings: SourceForge,
        at snapshot: SourceSnapshot
    ) async throws(ForgeError) -> Bool {
        guard let id = CommitID(commit) else { return false }
        guard let request = try await forge.merged(as: id), case .merged = request.state,
            request.base.branch == source?.branch
        else {
            memory.unnamed.add(commit, parent: parent, at: now)
            return false
        }
        let number = request.number
        if book[number]?.isMerged != true || lacksReviews(number, settings) {
            let full = settings.approvals > 0 ? try await forge.pullRequest(number) : request
            await take(full, base: parent ?? commit, as: id, forge, at: snapshot)
        }
        if book[number]?.wasNeverSeen == true, let parent {
            guard let trees = await trees(from: parent, to: commit, at: snapshot) else {
                // Git does not tell what it touched: it is asked about once more.
                memory.unnamed.add(commit, parent: parent, at: now)
                return true
            }
            book[number]?.touched(by: trees)
            await save([number])
        }
        memory.unnamed.remove(commit)
        return true
    }

    /// The tenants' folders at two commits of the branch; `nil` where git does not tell.
    private func trees(from parent: String, to commit: String, at snapshot: SourceSnapshot) async -> [TenantTrees]? {
        guard let source else { return nil }
        return try? await trees(of: source.tenants, from: parent, to: commit, in: snapshot.storage)
    }

    /// Asks once more about commits for which the forge named no request, as its lists may lag behind its git: a request that was
    /// opened and merged meanwhile is in no list of open ones.
    func nameLate(_ forge: any Forge, at snapshot: SourceSnapshot) async {
        _ = await environment.timing.clock.within(Self.patience) { await self.nameEach(forge, at: snapshot) }
    }

    private func nameEach(_ forge: any Forge, at snapshot: SourceSnapshot) async {
        guard let settings = source?.forge else { return }
        for entry in memory.unnamed.due(at: now).reversed() {
            // What it does not answer now is asked in the next look, and holds up nothing.
            _ = try? await name(entry.commit, after: entry.parent, forge, settings, at: snapshot)
        }
    }

    /// Takes in that a request is not open any more, with the reviews that it was merged with.
    ///
    /// - Parameters:
    ///   - commit: What it was merged as, where that is known better than the request tells.
    ///   - given: The branch, where it is at hand; while it is fetched for the first time only the caller has it.
    func take(
        _ request: PullRequest,
        base: String,
        as commit: CommitID? = nil,
        _ forge: any Forge,
        at given: SourceSnapshot? = nil
    ) async {
        let number = request.number
        // What a request brings is counted from the tip that it was looked at against, however often it is taken in.
        guard let settings = source?.forge, let base = CommitID(book[number]?.base ?? base) ?? CommitID(base) ?? commit
        else { return }
        var closed = request
        if let commit {
            var time: Date?
            if case .merged(_, let at) = request.state { time = at }
            closed.state = .merged(as: commit, at: time)
        }
        if case .open = closed.state { return }
        let circle = await closedCircle(request, settings, forge, at: given)
        if book[number] == nil { book[number] = RequestMemory(number: number) }
        let facts = RequestFacts(
            request: closed,
            base: base,
            merge: .failed(reason: "The request is not open any more.", isOurs: false)
        )
        _ = book[number]?.look(facts, RequestPolicy(settings), at: now)
        if settings.approvals > 0 { book[number]?.saw(request.reviews, in: circle, askedAt: now) }
        plans.drop(number)
        if book[number]?.applying != nil { unwritten.insert(number) }
        await save([number])
        if book[number]?.isMerged != true { wakeConcerned(by: number) }
    }

    /// The tenants that were applied before the merge are to hear at once that none is to be expected, or is again.
    func wakeConcerned(by number: Int) {
        guard let known = book[number], known.applying != nil else { return }
        tools.settled(known.concernedTenants)
    }

    /// Who may approve a request that is closed: as long as it is not all known, nothing is sealed.
    private func closedCircle(
        _ request: PullRequest,
        _ settings: SourceForge,
        _ forge: any Forge,
        at given: SourceSnapshot?
    ) async -> ReviewCircle {
        var circle = ReviewCircle(author: request.author, committers: nil, ourselves: ourselves)
        guard settings.approvals > 0, let source else { return circle }
        var snapshot = given
        if snapshot == nil { snapshot = await tools.branch(source) }
        if let snapshot, let mirror = try? SourceReader.requests(of: source, at: snapshot, environment) {
            let (number, head) = (request.number, request.head.commit.hex)
            if await mirror.head(of: number) != head {
                _ = try? await mirror.fetch(number, from: request.ref, by: SourceReader.child(environment))
            }
            let since = book[number]?.base ?? ""
            circle.committers = await committers(head, since: since, mirror)
        }
        await ask(about: request, forge, &circle)
        return circle
    }

    /// Whether the reviews that a request was merged with are still to be found out.
    private func lacksReviews(_ number: Int, _ settings: SourceForge) -> Bool {
        guard settings.approvals > 0, let known = book[number] else { return false }
        return known.isMerged && !known.isSealed && !known.showings.isEmpty
    }

    /// Asks again for the reviews of requests merged in the last day of which not all could be found out.
    func seal(_ forge: any Forge, at snapshot: SourceSnapshot) async {
        guard let settings = source?.forge else { return }
        let young = now.addingTimeInterval(-86_400)
        let open = book.memories.values.filter { known in
            lacksReviews(known.number, settings) && known.closedAt.map { $0 > young } ?? false
        }
        var names: Set<String> = []
        for known in open.sorted(by: { $0.number > $1.number }).prefix(Self.maximumCommits) {
            guard let request = try? await forge.pullRequest(known.number), case .merged = request.state else {
                continue
            }
            await take(request, base: known.base, forge, at: snapshot)
            if book[known.number]?.isSealed == true { names.formUnion(known.touched.map(\.tenant)) }
        }
        // The tenants may be held for what is known only now.
        if !names.isEmpty { tools.settled(names.sorted()) }
    }

    /// What git alone tells of merges.
    private func take(
        _ steps: [BranchStep],
        from snapshot: SourceSnapshot,
        since former: String,
        _ source: Source
    ) async {
        let open = book.memories.values.filter(\.isOpen).sorted { $0.number < $1.number }
        guard !open.isEmpty, let tip = CommitID(snapshot.commit.id) else { return }
        let commits = Set(steps.map(\.commit))
        for known in open where !known.head.isEmpty {
            guard !Task.isCancelled else { return }
            let head = known.head
            let isBehind = (try? await snapshot.storage.isAncestor(head, of: snapshot.commit.id)) ?? false
            // A request without commits of its own lay behind the branch before, and was not merged for that.
            let wasBehind = isBehind ? (try? await snapshot.storage.isAncestor(head, of: former)) ?? true : false
            if wasBehind { continue }
            if isBehind {
                book[known.number]?.merged(as: commits.contains(head) ? CommitID(head) : tip, at: now)
                continue
            }
            for step in steps where await isResult(step, of: known, snapshot, source) {
                book[known.number]?.merged(as: CommitID(step.commit), at: now)
                break
            }
        }
    }

    /// Whether a commit made of the branch exactly what was shown: the same folders before, and the same after.
    private func isResult(
        _ step: BranchStep,
        of known: RequestMemory,
        _ snapshot: SourceSnapshot,
        _ source: Source
    ) async -> Bool {
        guard let parent = step.parent, !known.touched.isEmpty, known.touchedHead == known.head else { return false }
        for trees in known.touched {
            guard let tenant = source.tenants.first(where: { $0.name == trees.tenant }) else { return false }
            let files = tools.shared.files
            // Where git does not answer, the folder may well be there.
            do throws(GitError) {
                let before = try await TenantDefinitions.id(of: tenant, at: parent, in: snapshot.storage, files)
                let after = try await TenantDefinitions.id(of: tenant, at: step.commit, in: snapshot.storage, files)
                guard before == trees.base, after == trees.merged else { return false }
            } catch {
                return false
            }
        }
        return true
    }
}

extension Clock<Duration> {
    /// What work came to within a time; it is cancelled after that, and then it came to nothing.
    fileprivate func within<Value: Sendable>(
        _ time: Duration,
        _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await work() }
            group.addTask {
                try? await self.sleep(for: time)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
