import Forges
import Foundation
import Planning
import PullRequests
import Scheduling

/// Hears who wants something applied before its merge, and tells what came of it, as the controller's desk does.
extension World {
    var hasAhead: Bool { rules != nil && Schedule.hasAhead(seed: schedule.seed) }

    /// Whether a reviewer's approval decides about something.
    var asksForApprovals: Bool { rules.map { $0.approvals > 0 } == true || hasAhead }

    /// Rules on the comments that ask to apply, now that everything about the request was looked at and shown.
    func hearApply(
        _ memory: inout RequestMemory,
        _ replica: Int,
        _ desk: inout PretendDesk
    ) throws(PretendForge.Trouble) {
        guard hasAhead, memory.isOpen, let began = desk.lookBegan else { return }
        for note in try forge.comments(on: memory.number, at: now) where note.key == nil {
            guard let comment = comment(note, on: memory.number), CommentCommand(comment.text) == .apply else {
                continue
            }
            let full = try forge.request(memory.number, at: now)
            let circle = circle(full.author)
            memory.saw(reviews(of: full), in: circle, askedAt: now)
            var ruling = memory.ruling(
                on: comment,
                in: circle,
                mayWrite: nil,
                appliesByComment: true,
                lookBegan: began
            )
            if ruling == .ask {
                ruling = memory.ruling(
                    on: comment,
                    in: circle,
                    mayWrite: circle.writers.contains(comment.author.id),
                    appliesByComment: true,
                    lookBegan: began
                )
            }
            switch ruling {
            case .talk, .ask: continue
            case .refuse(let reason): refuse(comment, reason, &memory, &desk, replica)
            case .accept:
                switch memory.applyRuling(on: comment, terms: terms(full, replica)) {
                case .refuse(let reason): refuse(comment, reason, &memory, &desk, replica)
                case .apply(let tenants): try begin(tenants, as: comment, &memory, replica, &desk)
                }
            }
        }
    }

    func comment(_ note: PretendForge.Note, on number: Int) -> Comment? {
        note.texts.last.map { text in
            Comment(
                id: CommentID(rawValue: note.id),
                number: number,
                author: note.author,
                text: text.text,
                created: note.at,
                updated: text.at
            )
        }
    }

    private func refuse(
        _ comment: Comment,
        _ reason: String,
        _ memory: inout RequestMemory,
        _ desk: inout PretendDesk,
        _ replica: Int
    ) {
        note("#\(memory.number) is not applied: \(reason)")
        memory.rule(on: comment)
        desk.book[memory.number] = memory
        save(desk, of: replica)
    }

    private func terms(_ request: PullRequest, _ replica: Int) -> ApplyTerms {
        let circle = circle(request.author)
        let canaries = store.rollout.policy.canaries
        return ApplyTerms(
            request: request,
            objectors: circle.objectors(reviews(of: request)).filter { circle.writers.contains($0.id) },
            // The forge's git is down with it.
            tip: forge.has(.down, at: now) ? "" : source.tip.revision,
            policy: requestPolicy ?? RequestPolicy(),
            canaries: canaries.isEmpty ? nil : Set(canaries),
            holds: holds(replica)
        )
    }

    private func holds(_ replica: Int) -> [String: String] {
        tenants.indices.reduce(into: [:]) { holds, tenant in
            guard let memory = replicas[replica].lanes[tenant]?.memory else {
                holds[name(tenant)] = "is not looked after by this controller."
                return
            }
            if memory.suspension != nil { holds[name(tenant)] = "is suspended." }
            if memory.rollout != .go { holds[name(tenant)] = "has not got the branch's commit yet." }
        }
    }

    /// Stores what is asked for, and gives it to the lanes.
    private func begin(
        _ entries: [TenantToApply],
        as comment: Comment,
        _ memory: inout RequestMemory,
        _ replica: Int,
        _ desk: inout PretendDesk
    ) throws(PretendForge.Trouble) {
        guard let head = forge.requests[memory.number]?.head, head.revision == memory.head else { throw .unanswered }
        var asked: [String: AskedTenant] = [:]
        for entry in entries {
            runs += 1
            let run = "ahead-\(String(format: "%06d", runs))"
            let outcome = TenantOutcome(tenant: entry.tenant, state: .waiting, run: run, at: now)
            asked[entry.tenant] = AskedTenant(
                changesDigest: entry.changesDigest,
                verdict: entry.verdict,
                run: run,
                outcome: outcome
            )
        }
        let ask = ApplyAsk(
            comment: comment.id.rawValue,
            login: comment.author.login,
            head: memory.head,
            base: memory.base,
            at: now,
            tenants: asked
        )
        let former = memory.applying
        memory.begin(ask)
        memory.rule(on: comment)
        desk.given.formUnion(asked.values.map(\.run))
        desk.book[memory.number] = memory
        guard save(desk, of: replica) else {
            memory.withdraw(ask, for: former)
            desk.given.subtract(asked.values.map(\.run))
            desk.book[memory.number] = memory
            throw .unanswered
        }
        note("#\(memory.number) is to be applied in \(asked.keys.sorted())")
        for (tenant, entry) in asked.sorted(by: { $0.key < $1.key }) {
            give(order(tenant, entry, ask, head, memory.number), replica, &memory, &desk)
        }
    }

    private func order(
        _ tenant: String,
        _ entry: AskedTenant,
        _ ask: ApplyAsk,
        _ head: PretendSource.Head,
        _ number: Int
    ) -> PretendOrder {
        PretendOrder(
            tenant: Int(tenant.dropFirst()) ?? 0,
            ahead: AheadRun(
                tenant: tenant,
                run: entry.run,
                source: "mail-flow",
                request: number,
                page: "https://forge.example/\(number)",
                head: ask.head,
                base: ask.base,
                by: ask.login,
                at: ask.at
            ),
            changesDigest: entry.changesDigest,
            verdict: entry.verdict,
            comment: ask.comment,
            head: head
        )
    }

    private func give(
        _ order: PretendOrder,
        _ replica: Int,
        _ memory: inout RequestMemory,
        _ desk: inout PretendDesk
    ) {
        guard replicas[replica].lanes[order.tenant] != nil else {
            desk.given.remove(order.run)
            _ = memory.applied(dropped(order), run: order.run)
            desk.book[memory.number] = memory
            return
        }
        replicas[replica].jobs[order.tenant, default: []].append(.apply(order))
        startJob(replica, order.tenant)
    }

    func dropped(_ order: PretendOrder) -> TenantOutcome {
        TenantOutcome(
            tenant: name(order.tenant),
            state: .held,
            reason: "not-begun",
            text: "Nothing was written.",
            run: order.run,
            at: now
        )
    }

    // MARK: What came of it

    /// A tenant's run has ended, or did not begin; `nil` where the history tells it later.
    func applied(_ outcome: TenantOutcome?, _ order: PretendOrder, _ replica: Int) {
        guard var desk = replicas[replica].desk else { return }
        desk.given.remove(order.run)
        if let outcome { _ = desk.book[order.number]?.applied(outcome, run: order.run) }
        save(desk, of: replica)
    }

    /// Finds out how runs ended of which this process was not told, and which were rolled back since.
    func findEnded(_ desk: inout PretendDesk) {
        for known in desk.book.memories.values.sorted(by: { $0.number < $1.number }) {
            guard let ask = known.applying, store.isReadable(at: now) else { continue }
            for (tenant, asked) in ask.tenants.sorted(by: { $0.key < $1.key }) {
                guard let index = Int(tenant.dropFirst()) else { continue }
                if known.isOpen, asked.isInForce {
                    let row = store.rows[index]
                    let stands = row.ahead.contains { $0.run == asked.run && $0.stands(in: row.appliedTenant) }
                    if !stands { _ = desk.book[known.number]?.tookBack(tenant, run: asked.run, at: now) }
                }
                guard asked.isUnderWay, !desk.given.contains(asked.run), let ending = ending(of: asked.run, index)
                else {
                    continue
                }
                _ = desk.book[known.number]?.applied(ending, run: asked.run)
            }
        }
    }

    private func ending(of run: String, _ tenant: Int) -> TenantOutcome? {
        let row = store.rows[tenant]
        if let ending = row.endings[run] { return ending }
        guard row.journals[run] == nil, row.holder?.run != run else { return nil }
        return RequestMemory.neverBegan(name(tenant), at: now)
    }

    /// What our comment says of it.
    func appliedText(_ ask: ApplyAsk) -> String {
        ask.tenants.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.outcome.state.word)" }.joined(
            separator: ", "
        )
    }

    /// Why a run must not begin now that its turn has come.
    func hindrance(_ order: PretendOrder, _ replica: Int) -> String? {
        guard store.isReadable(at: now),
            let stored = store.requests[order.number]?.applying?.tenants[name(order.tenant)],
            stored.run == order.run, stored.isUnderWay
        else { return "It is not asked for any more." }
        do throws(PretendForge.Trouble) {
            let full = try forge.request(order.number, at: now)
            replicas[replica].desk?.book[order.number]?.saw(reviews(of: full), in: circle(full.author), askedAt: now)
            guard let known = replicas[replica].desk?.book[order.number] else { return "It is not known any more." }
            return known.beginHindrance(of: name(order.tenant), run: order.run, terms: terms(full, replica))
        } catch {
            return "The forge could not be asked."
        }
    }
}
