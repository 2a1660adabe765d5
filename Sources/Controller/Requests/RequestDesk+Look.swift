import Configuration
import Forges
import FoundationEssentials
import GitRepositories
import Planning
import PullRequests
import Reconciling
import Reports

extension RequestDesk {
    /// How many requests are looked at at once, and how many tenants of one.
    private static var window: Int { 4 }
    static var tenants: Int { 8 }

    /// Looks at the open requests; one that has not moved since the last look costs nothing.
    ///
    /// - Parameter hinted: Requests of which a delivery told that something happened.
    package func look(hinted: Set<Int> = []) async {
        guard let source, await load() else { return }
        guard let snapshot = await tools.branch(source) else { return }
        let began = now
        await findEnded()
        do {
            let forge = try connect(source)
            let mirror = try SourceReader.requests(of: source, at: snapshot, environment)
            if ourselves == nil { ourselves = try await forge.ourselves() }
            let open = try await forge.open(into: source.branch, since: nil)
            let merged = mergedNumbers
            await close(Set(open.map(\.number)), isAll: open.count < forge.limits.openRequests, forge, source)
            await nameLate(forge, at: snapshot)
            wakeTenants(ofMergedSince: merged)
            await seal(forge, at: snapshot)
            let states = await tools.states(source)
            let due = open.filter { request in
                !forge.limits.listTellsOfComments
                    || isDue(request, tip: snapshot.commit.id, hinted: hinted, states, at: began)
            }
            countDeliveries(due, hinted: hinted)
            let visit = Visit(
                source: source,
                snapshot: snapshot,
                forge: forge,
                mirror: mirror,
                states: states,
                began: began,
                hinted: hinted
            )
            let troubles = await due.concurrently(window: Self.window) { await self.look(at: $0, visit) }
            let ofQueue = await lookAtQueue(visit, open: open)
            memory.lookedAt = began
            let late = await writeOutcomes()
            await prune(mirror)
            await save([])
            await tools.tell(source, troubles.compactMap { $0 }.first ?? ofQueue ?? late ?? silence(source))
        } catch {
            await tools.tell(source, trouble(error))
        }
    }

    /// What all requests of one look share.
    struct Visit: Sendable {
        var source: Source
        var snapshot: SourceSnapshot
        var forge: any Forge
        var mirror: RequestMirror
        var states: [String: String]
        var began: Date
        var hinted: Set<Int>
        /// Whether plans are made though what is known is still good.
        var plansAnew = false
    }

    func trouble(_ error: any Error) -> RequestTrouble? {
        switch error {
        case let error as ForgeError: RequestTrouble(error)
        case let error as ConfigurationError:
            RequestTrouble(
                reason: "AuthenticationFailed",
                message: error.problems.first?.message ?? "The forge's credentials cannot be read.",
                remedy: error.problems.first?.remedy ?? ""
            )
        case let stop as RunStop: RequestTrouble(reason: "Refused", message: stop.message, remedy: stop.remedy)
        default: nil
        }
    }

    /// That the hook has ceased to deliver, where there is one.
    private func silence(_ source: Source) -> RequestTrouble? {
        guard source.forge?.webhook != nil, memory.undelivered >= ForgeMemory.silence else { return nil }
        return RequestTrouble(
            reason: "WebhookSilent",
            message: "Requests changed \(memory.undelivered) times without a delivery of the webhook.",
            remedy: ForgeMemory.silenceRemedy
        )
    }

    private func isDue(
        _ request: PullRequest,
        tip: String,
        hinted: Set<Int>,
        _ states: [String: String],
        at now: Date
    ) -> Bool {
        let number = request.number
        guard let known = book[number], known.isOpen, !hinted.contains(number), !unwritten.contains(number),
            known.head == request.head.commit.hex, known.base == tip, memory.seen[number] == request.updated
        else { return true }
        if let time = again[number], time <= now { return true }
        return known.looks.values.contains { look in
            guard let state = states[look.trees.tenant], let former = look.plan?.state else { return false }
            return state != former
        }
    }

    /// A hook that tells nothing while polling finds news has ceased to deliver.
    private func countDeliveries(_ due: [PullRequest], hinted: Set<Int>) {
        let news = due.filter { request in
            memory.seen[request.number].map { $0 != request.updated } ?? false
        }
        guard !news.isEmpty else { return }
        let isTold = memory.deliveredAt.map { now.timeIntervalSince($0) < 600 } ?? false
        memory.undelivered = isTold || !hinted.isEmpty ? 0 : min(memory.undelivered + 1, 1_000)
    }

    func look(at request: PullRequest, _ visit: Visit) async -> RequestTrouble? {
        let number = request.number
        if let isPublic = request.base.isPublic { memory.isPublic = isPublic }
        let former = memory.seen[number]
        let mustHear = !visit.forge.limits.listTellsOfComments || visit.hinted.contains(number)
        let isNews = book[number].map { known in
            mustHear || former != request.updated || known.head != request.head.commit.hex
        }
        let (source, snapshot, mirror) = (visit.source, visit.snapshot, visit.mirror)
        guard let settings = source.forge,
            let facts = await facts(of: request, in: source, at: snapshot, mirror, states: visit.states)
        else { return nil }
        if book[number] == nil { book[number] = RequestMemory(number: number) }
        let policy = RequestPolicy(settings)
        let wasOpen = book[number]?.isOpen != false
        defer { if !wasOpen { wakeConcerned(by: number) } }
        guard var decision = book[number]?.look(facts, policy, at: now) else { return nil }
        var trouble: RequestTrouble?
        if isNews == true {
            do throws(ForgeError) {
                if try await hear(request, since: former ?? request.updated, visit) {
                    guard let heard = book[number]?.look(facts, policy, at: now) else { return nil }
                    decision = heard
                }
            } catch {
                trouble = RequestTrouble(error)
            }
        }
        await work(on: decision, of: number, visit)
        if let next = book[number]?.look(facts, policy, at: now) { again[number] = next.again }
        // Before it is shown, as what is not kept was not shown.
        guard await save([number]) else { return trouble }
        do throws(ForgeError) {
            try await write(request, visit)
            unwritten.remove(number)
            try await hearApply(request, visit)
            if trouble == nil { memory.seen[number] = request.updated }
        } catch {
            unwritten.insert(number)
            trouble = RequestTrouble(error)
        }
        await save([number])
        return trouble
    }

    /// Finds out what was decided to be found out, and what a comment lacks that is still to be written.
    private func work(on decision: RequestDecision, of number: Int, _ visit: Visit) async {
        guard case .merged(let merged)? = merges[number]?.outcome,
            let commit = try? await visit.mirror.commit(merged.commit)
        else { return }
        let source = visit.source
        let works = decision.work + lacking(decision, of: number, visit)
        _ = await works.concurrently(window: Self.tenants) { work in
            let found = await self.find(work, in: source, at: commit, visit.mirror, request: number)
            await self.learn(found.result, found.plan, work, number, state: visit.states[work.tenant])
            await self.learn(found.lead, work.tenant, number)
        }
    }

    /// What is found out once more though it is known, as a comment has something new to say and what it is made of is not at hand.
    private func lacking(_ decision: RequestDecision, of number: Int, _ visit: Visit) -> [TenantDecision] {
        guard let known = book[number] else { return [] }
        return decision.tenants.compactMap { tenant -> TenantDecision? in
            guard !tenant.isWork, plans[number, tenant.trees] == nil,
                // Why mitregate apply is refused is known only once this is over.
                visit.plansAnew || asks[number] != nil || !known.isShown(tenant.tenant)
            else { return nil }
            var again = tenant
            if known.isInvalid(tenant.tenant) {
                again.validate = .now(.new)
            } else if tenant.plan == .good {
                again.plan = .now(.new)
                if again.gate == .good { again.gate = .now(.new) }
            } else {
                return nil
            }
            return again
        }
    }

    private func learn(
        _ result: TenantResult,
        _ plan: TenantPlan?,
        _ work: TenantDecision,
        _ number: Int,
        state: String?
    ) {
        guard book[number]?.isOpen == true else { return }
        let former = book[number]?.looks[work.tenant]?.plan?.changesDigest
        book[number]?.learn(result, of: work.trees, state: state, at: now)
        if let plan { plans.keep(plan, of: work.trees, in: number) }
        // Others' comments tell that this request touches the same connectors.
        if book[number]?.looks[work.tenant]?.plan?.changesDigest != former {
            unwritten.formUnion(book.neighbours(of: number))
        }
    }

    private func learn(_ lead: AheadRun?, _ tenant: String, _ number: Int) {
        leads[number, default: [:]][tenant] = lead
    }

    /// What became of the requests that are not open any more.
    private func close(_ open: Set<Int>, isAll: Bool, _ forge: any Forge, _ source: Source) async {
        guard isAll else { return }
        for memory in book.memories.values where memory.isOpen && !open.contains(memory.number) {
            guard let request = try? await forge.pullRequest(memory.number), request.state != .open else { continue }
            await take(request, base: memory.base, forge)
        }
    }
}
