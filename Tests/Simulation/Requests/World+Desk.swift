import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import Scheduling
import TLSGate

/// What one process knows of the requests, as the controller's desk does.
struct PretendDesk {
    var book = PullRequests.RequestBook()
    /// The branch's commit up to which it is known what was merged.
    var settled: String?
    /// Requests of which something could not be written.
    var unwritten: Set<Int> = []
    var unnamed = UnnamedCommits()
    /// The runs before a merge that this process gave to its lanes, and has not heard of since.
    var given: Set<String> = []
    var lookBegan: Date?
}

/// Looks at requests and answers on them, with the real decisions.
extension World {
    var requestPolicy: RequestPolicy? {
        rules.map { rules in
            RequestPolicy(
                review: rules.isReviewRequired ? .required : .optional,
                approvals: rules.approvals,
                appliesByComment: Schedule.hasAhead(seed: schedule.seed)
            )
        }
    }

    /// The commit that is obeyed: the last one of which it was asked before whether a request brought it.
    var tipInForce: PretendSource.Commit {
        guard rules != nil else { return source.tip }
        return source.index(of: store.rollout.revision).map { source.commits[$0] } ?? source.commits[0]
    }

    /// Keeps the desk, or takes it over where no replica has it.
    func tendDesk(_ replica: Int) {
        guard rules != nil else { return }
        if let owner = store.desk, owner.replica != replicas[replica].name {
            // What another has answered since is in the store alone.
            replicas[replica].desk = nil
            replicas[replica].offers = [:]
            guard owner.until <= now else { return }
        }
        store.desk = (replicas[replica].name, now + PretendStore.leaseTime)
        if replicas[replica].desk == nil {
            let memories = store.requests.values.sorted { $0.number < $1.number }
            replicas[replica].desk = PretendDesk(
                book: PullRequests.RequestBook(memories.compactMap(\.readBack)),
                settled: store.settled,
                unwritten: Set(memories.filter { $0.isMerged && !$0.outcomes.isEmpty }.map(\.number)),
                unnamed: store.unnamed
            )
            if replicas[replica].desk?.book.memories.count != memories.count {
                checker.report("what is remembered of requests cannot be read back")
            }
        }
    }

    func desk(of replica: Int) -> PretendDesk? {
        guard store.desk?.replica == replicas[replica].name, store.isWritable(at: now) else { return nil }
        return replicas[replica].desk
    }

    /// - Returns: Whether it is stored.
    @discardableResult
    func save(_ desk: PretendDesk, of replica: Int) -> Bool {
        replicas[replica].desk = desk
        guard store.isWritable(at: now), store.desk?.replica == replicas[replica].name else { return false }
        store.requests = desk.book.memories
        store.settled = desk.settled
        store.unnamed = desk.unnamed
        return true
    }

    // MARK: Looking

    private func merge(_ head: PretendSource.Head, into tip: PretendSource.Commit) -> [PretendSource.Folder]? {
        let key = "\(head.revision) \(tip.revision)"
        if let known = merges[key] { return known }
        let merged = PretendSource.merge(head, into: tip)
        merges[key] = .some(merged)
        return merged
    }

    /// The reviews that a request comes with.
    func reviews(of request: PullRequest) -> [Review] {
        guard flaws.contains(.keepsApprovals) else { return request.reviews }
        let acts = forge.requests[request.number]?.acts ?? []
        var seen: Set<Person> = []
        return acts.filter { $0.verdict == .approved && seen.insert($0.person).inserted }
            .map { Review(person: $0.person, verdict: .approved, at: $0.at, commit: nil) }
    }

    func look(_ replica: Int) {
        guard var desk = desk(of: replica), let policy = requestPolicy else { return }
        desk.lookBegan = now
        findEnded(&desk)
        do throws(PretendForge.Trouble) {
            let open = try forge.open(at: now)
            let numbers = Set(open.map(\.number))
            for known in desk.book.memories.values.sorted(by: { $0.number < $1.number })
            where known.isOpen && !numbers.contains(known.number) {
                guard let request = try? forge.request(known.number, at: now), request.state != .open else { continue }
                take(request, base: known.base, &desk)
            }
            nameLate(&desk)
            if policy.approvals > 0 { seal(&desk) }
            for request in open { look(at: request, policy, &desk) }
        } catch {
            note("the forge does not answer")
        }
        guard save(desk, of: replica) else { return }
        let happening = Happening.answer(replica: replica, life: replicas[replica].life)
        happenings.add(happening, at: now + 0.1 + 5 * random.fraction())
    }

    private func look(at listed: PullRequest, _ policy: RequestPolicy, _ desk: inout PretendDesk) {
        guard let base = CommitID(tipInForce.revision), let head = forge.requests[listed.number]?.head else { return }
        var memory = desk.book[listed.number] ?? RequestMemory(number: listed.number)
        let tip = tipInForce
        let merge = head.revision == listed.head.commit.hex ? merge(head, into: tip) : nil
        let result: MergeResult
        if head.revision != listed.head.commit.hex {
            result = .failed(reason: "The head is moving right now.", isOurs: true)
        } else if let merge {
            let trees = tenants.indices.map { tenant in
                TenantTrees(
                    tenant: name(tenant),
                    base: tip.folders[tenant].tree,
                    merged: merge[tenant].tree
                )
            }
            let behind = (source.index(of: tip.revision) ?? 0) - (source.index(of: head.parent) ?? 0)
            result = .merged(MergedTrees(tenants: trees, behind: max(0, behind)))
        } else {
            result = .conflict(files: ["connectors.yaml"])
        }
        let states = tenants.indices.map { (name($0), "\(tenants[$0].version)") }
        let facts = RequestFacts(
            request: listed,
            base: base,
            merge: result,
            states: Dictionary(uniqueKeysWithValues: states)
        )
        let began = now
        var decision = memory.look(facts, policy, at: now)
        if hear(&memory, lookBegan: began) { decision = memory.look(facts, policy, at: now) }
        for work in decision.work {
            guard let merge, let tenant = Int(work.tenant.dropFirst()) else { continue }
            let found = find(work, tenant, merge[tenant], base, listed.number)
            memory.learn(found, of: work.trees, state: facts.states[work.tenant], at: now)
        }
        desk.book[listed.number] = memory
    }

    /// Reads, plans and judges what merging would do to a tenant.
    private func find(
        _ work: TenantDecision,
        _ tenant: Int,
        _ folder: PretendSource.Folder,
        _ base: CommitID,
        _ request: Int
    ) -> TenantResult {
        guard work.asksForPlan else { return .valid }
        guard case .observed(let observed) = tenants[tenant].read(at: now, requests: 0) else {
            return .unplanned(reason: "The tenant could not be read.")
        }
        let plan = Planner.plan(planInput(tenant, folder, base.hex, observed, request: request))
        return .planned(plan, judgements: work.asksGate ? judgements(of: plan, tenant) : nil)
    }

    /// Whether someone asked for a plan.
    private func hear(_ memory: inout RequestMemory, lookBegan: Date) -> Bool {
        guard let full = try? forge.request(memory.number, at: now) else { return false }
        let circle = circle(full.author)
        memory.saw(reviews(of: full), in: circle, askedAt: now)
        var isAsked = false
        for note in (try? forge.comments(on: memory.number, at: now)) ?? [] where note.key == nil {
            guard let comment = comment(note, on: memory.number) else { continue }
            // It is about what is shown, which this look may still change.
            if hasAhead, CommentCommand(comment.text) == .apply { continue }
            var ruling = memory.ruling(on: comment, in: circle, mayWrite: nil, lookBegan: lookBegan)
            if ruling == .ask {
                let may = circle.writers.contains(note.author.id)
                ruling = memory.ruling(on: comment, in: circle, mayWrite: may, lookBegan: lookBegan)
            }
            switch ruling {
            case .talk, .ask: continue
            case .accept(.plan):
                memory.ask(at: now)
                isAsked = true
            case .accept(.approve(let digest)): memory.approve(digest, by: comment, at: now)
            case .accept, .refuse: break
            }
            memory.rule(on: comment)
        }
        return isAsked
    }

    func circle(_ author: Person) -> ReviewCircle {
        ReviewCircle(
            author: author,
            committers: [Committer(name: "\(Reviewer.author)", email: "author@contoso.example")],
            ourselves: Reviewer.ourselves,
            writers: Set(Reviewer.allCases.filter(\.mayWrite).map(\.person.id))
        )
    }

    func judgements(of plan: Planning.Plan, _ tenant: Int) -> [Judgement] {
        let verdict = verdict(of: tenant)
        return plan.changes.map { change in
            Judgement(
                connector: change.key,
                verdict: verdict,
                findings: [],
                observedAt: now,
                expiresAt: now + 900,
                digest: "sha256:00"
            )
        }
    }

    /// What the gate says of a tenant's partners.
    func verdict(of tenant: Int) -> Verdict {
        if let partner = partners[tenant], now < partner.until { return partner.isDead ? .block : .hold }
        return now < warnings[tenant] ? .warn : .pass
    }

    // MARK: Answering

    func answer(_ replica: Int) {
        guard var desk = desk(of: replica) else { return }
        for known in desk.book.memories.values.sorted(by: { $0.number < $1.number }) {
            var memory = known
            let isDone = answer(on: &memory, replica, &desk)
            desk.book[known.number] = memory
            guard isDone else { return }
        }
        save(desk, of: replica)
    }

    /// - Returns: Whether the process still lives.
    private func answer(on memory: inout RequestMemory, _ replica: Int, _ desk: inout PretendDesk) -> Bool {
        do throws(PretendForge.Trouble) {
            for status in memory.unsent(memory.statuses()) {
                try forge.set(status, on: memory.head, of: memory.number, at: now)
                memory.sent(status)
            }
            var isNew = false
            for (key, names) in memory.commentKeys {
                guard let text = planText(memory, names) else { continue }
                guard try write(text, key, on: &memory, replica, &desk) else { return false }
                if memory.shown(names, at: now) { isNew = true }
            }
            if isNew, asksForApprovals, let full = try? forge.request(memory.number, at: now) {
                memory.saw(reviews(of: full), in: circle(full.author), askedAt: now)
            }
            if let ask = memory.applying {
                let text = PretendForge.Text(text: appliedText(ask), at: now, shows: [:])
                guard try write(text, .applied, on: &memory, replica, &desk) else { return false }
            }
            try hearApply(&memory, replica, &desk)
            guard memory.isMerged, desk.unwritten.contains(memory.number) else { return true }
            let rows = memory.outcomes.values.sorted { $0.tenant < $1.tenant }.map { "\($0.tenant) \($0.state.word)" }
            let text = PretendForge.Text(text: rows.joined(separator: ", "), at: now, shows: [:])
            guard try write(text, .outcome, on: &memory, replica, &desk) else { return false }
            desk.unwritten.remove(memory.number)
        } catch {
            note("#\(memory.number) is not answered: \(error)")
        }
        return true
    }

    /// What the comment on some tenants reads now; `nil` where what it is made of is not at hand.
    private func planText(_ memory: RequestMemory, _ names: [String]) -> PretendForge.Text? {
        var lines: [String] = []
        var shows: [String: PretendForge.Shown] = [:]
        for name in names {
            guard let look = memory.looks[name] else { return nil }
            guard let plan = look.plan else {
                guard memory.isFork, memory.asked?.head != memory.head else { return nil }
                lines.append("\(name) comes from a fork")
                continue
            }
            guard memory.touched.contains(look.trees) else { return nil }
            shows[name] = PretendForge.Shown(changesDigest: plan.changesDigest, changes: plan.changes)
            let verdict = plan.verdict?.rawValue ?? "nothing"
            lines.append("\(name) \(memory.head) \(plan.changesDigest) \(verdict) \(memory.approvers(of: name))")
        }
        if names.isEmpty { lines.append("nothing of ours") }
        return PretendForge.Text(text: lines.joined(separator: "\n"), at: now, shows: shows)
    }

    /// - Returns: Whether the process still lives.
    private func write(
        _ text: PretendForge.Text,
        _ key: CommentKey,
        on memory: inout RequestMemory,
        _ replica: Int,
        _ desk: inout PretendDesk
    ) throws(PretendForge.Trouble) -> Bool {
        guard memory.isNew(text.text, for: key) else { return true }
        let name = name(of: key)
        if memory.comment(key) == nil {
            if memory.isDoubtful(key), !flaws.contains(.postsTwice) {
                let ours = try forge.comments(on: memory.number, at: now).last { $0.key == name }
                if let ours {
                    memory.wrote(ours.texts.last?.text ?? "", for: key, as: CommentID(rawValue: ours.id))
                } else if !memory.mayBegin(key, at: now) {
                    throw .unanswered
                }
            }
        }
        // A comment that was found may read so already.
        if memory.isNew(text.text, for: key) {
            memory.begin(key, at: now)
            desk.book[memory.number] = memory
            guard save(desk, of: replica) else { throw .unanswered }
        }
        if dies(replica, .beforeSending) { return false }
        let id: String
        do throws(PretendForge.Trouble) {
            id = try forge.write(text, key: name, over: memory.comment(key)?.rawValue, on: memory.number, at: now)
        } catch {
            checker.written(name, forge.requests[memory.number])
            guard error == .missing else { throw error }
            memory.lost(key)
            return try write(text, key, on: &memory, replica, &desk)
        }
        checker.written(name, forge.requests[memory.number])
        note("#\(memory.number) \(name): \(text.text)")
        if dies(replica, .afterSending) { return false }
        memory.wrote(text.text, for: key, as: CommentID(rawValue: id))
        return true
    }

    func name(of key: CommentKey) -> String {
        switch key {
        case .tenant(let tenant): "plan/\(tenant)"
        case .all: "plan"
        case .outcome: "outcome"
        case .applied: "applied"
        }
    }
}

extension RequestMemory {
    /// As another process reads it from the store.
    fileprivate var readBack: RequestMemory? {
        guard let data = try? JSONEncoder().encode(self) else { return nil }
        return try? JSONDecoder().decode(RequestMemory.self, from: data)
    }
}
