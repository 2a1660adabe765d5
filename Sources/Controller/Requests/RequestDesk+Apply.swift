import ExchangeOnline
import GitRepositories
import Configuration
import Forges
import FoundationEssentials
import Planning
import PullRequests
import Reconciling
import Reports
import StateStore

/// `mitregate apply`: what is shown is applied before the merge, once it stands as it has to.
extension RequestDesk {
    /// Whether this process takes such commands.
    var appliesByComment: Bool { tools.apply != nil && source?.forge?.apply == .comment }

    /// Whether a reviewer's approval decides about something, so that it is asked for with care.
    func asksForApprovals(_ source: Source) -> Bool {
        guard let forge = source.forge else { return false }
        return forge.approvals > 0 || forge.apply == .comment
    }

    /// Rules on the comments that ask to apply, now that everything about the request was looked at and shown.
    ///
    /// - Throws: Where the forge or the store does not answer: the comments are heard once more in the next look.
    func hearApply(_ request: PullRequest, _ visit: Visit) async throws(ForgeError) {
        let number = request.number
        guard let comments = asks.removeValue(forKey: number), appliesByComment else { return }
        do throws(ForgeError) {
            try await hearApply(comments, on: request, visit)
        } catch {
            // Those that were ruled on already are passed over then.
            asks[number] = asks[number] ?? comments
            throw error
        }
    }

    private func hearApply(_ comments: [Comment], on request: PullRequest, _ visit: Visit) async throws(ForgeError) {
        let number = request.number
        for comment in comments {
            let (full, circle) = try await heard(number, visit)
            guard
                var ruling = book[number]?.ruling(
                    on: comment,
                    in: circle,
                    mayWrite: nil,
                    appliesByComment: true,
                    lookBegan: visit.began
                )
            else { return }
            if ruling == .ask {
                let may = await mayWrite(comment.author, visit.forge)
                ruling =
                    book[number]?.ruling(
                        on: comment,
                        in: circle,
                        mayWrite: may,
                        appliesByComment: true,
                        lookBegan: visit.began
                    ) ?? .talk
            }
            switch ruling {
            case .talk, .ask: continue
            case .refuse(let reason): try await refuse(comment, because: reason, request, visit)
            case .accept:
                let terms = await terms(full, visit)
                switch book[number]?.applyRuling(on: comment, terms: terms) {
                case nil: return
                case .refuse(let reason)?: try await refuse(comment, because: reason, request, visit)
                case .apply(let tenants)?: try await begin(tenants, as: comment, of: full, circle, visit)
                }
            }
        }
    }

    /// The request as the forge tells it now, with its reviews taken in.
    private func heard(_ number: Int, _ visit: Visit) async throws(ForgeError) -> (PullRequest, ReviewCircle) {
        let askedAt = now
        let full = try await visit.forge.pullRequest(number)
        var circle = await circle(full, visit)
        await ask(about: full, visit.forge, &circle)
        book[number]?.saw(full.reviews, in: circle, askedAt: askedAt)
        return (full, circle)
    }

    private func terms(_ request: PullRequest, _ visit: Visit) async -> ApplyTerms {
        let circle = ReviewCircle(author: request.author, committers: nil, ourselves: ourselves)
        var objectors: [Person] = []
        for person in circle.objectors(request.reviews) {
            let may = try? await visit.forge.mayWrite(person)
            // What cannot be found out counts against it.
            if may != false { objectors.append(person) }
        }
        let tip = await tools.fresh(visit.source)?.commit.id ?? ""
        let forge = visit.source.forge
        return ApplyTerms(
            request: request,
            objectors: objectors,
            tip: tip,
            policy: forge.map { RequestPolicy($0) } ?? RequestPolicy(),
            canaries: visit.source.rollout.map { Set($0.canaries) },
            holds: tools.holds(visit.source),
            isSummary: forge.map { visibility($0) == .summary } ?? true
        )
    }

    private func refuse(
        _ comment: Comment,
        because reason: String,
        _ request: PullRequest,
        _ visit: Visit
    ) async throws(ForgeError) {
        let number = comment.number
        book[number]?.rule(on: comment, refusing: reason)
        await save([number])
        try? await visit.forge.answer(comment, with: .refused)
        try await write(request, visit)
    }

    /// Stores what is asked for, and gives it to the lanes.
    private func begin(
        _ tenants: [TenantToApply],
        as comment: Comment,
        of request: PullRequest,
        _ circle: ReviewCircle,
        _ visit: Visit
    ) async throws(ForgeError) {
        let number = request.number
        guard let known = book[number], let commit = try? await visit.mirror.commit(known.head) else {
            throw .notStored(number)
        }
        let asked = now
        let entries = tenants.map { entry in
            let run = RunID.make(now: asked)
            let outcome = TenantOutcome(tenant: entry.tenant, state: .waiting, run: run, at: asked)
            return AskedTenant(
                changesDigest: entry.changesDigest,
                verdict: entry.verdict,
                run: run,
                outcome: outcome
            )
        }
        let ask = ApplyAsk(
            comment: comment.id.rawValue,
            login: comment.author.login,
            head: known.head,
            base: known.base,
            at: asked,
            tenants: Dictionary(entries.map { ($0.outcome.tenant, $0) }) { first, _ in first }
        )
        book[number]?.begin(ask)
        book[number]?.rule(on: comment)
        given.formUnion(entries.map(\.run))
        // What is not stored is not begun: it would be forgotten with this process, or done twice.
        guard await save([number]) else {
            book[number]?.withdraw(ask, for: known.applying)
            given.subtract(entries.map(\.run))
            throw .notStored(number)
        }
        try? await visit.forge.answer(comment, with: .seen)
        let snapshot = SourceSnapshot(storage: visit.mirror, commit: commit, local: nil)
        for entry in entries { await tools.apply?(order(entry, ask, request, snapshot, visit)) }
        // What came of it may be told already; what cannot be written now is written later.
        unwritten.insert(number)
        try? await writeApplied(number, visit.forge)
    }

    private func order(
        _ entry: AskedTenant,
        _ ask: ApplyAsk,
        _ request: PullRequest,
        _ snapshot: SourceSnapshot,
        _ visit: Visit
    ) -> AheadOrder {
        let (tenant, number, run) = (entry.outcome.tenant, request.number, entry.run)
        return AheadOrder(
            tenant: tenant,
            wish: AheadWish(
                run: AheadRun(
                    tenant: tenant,
                    run: run,
                    source: name,
                    request: number,
                    page: request.page,
                    head: ask.head,
                    base: ask.base,
                    by: ask.login,
                    at: ask.at
                ),
                changesDigest: entry.changesDigest,
                verdict: entry.verdict
            ),
            snapshot: snapshot,
            hindrance: { await self.hindrance(of: tenant, run, in: number, visit) },
            ended: { outcome in await self.applied(outcome, run: run, in: number) }
        )
    }

    /// Why a run must not begin now that its turn has come.
    private func hindrance(of tenant: String, _ run: String, in number: Int, _ visit: Visit) async -> String? {
        // Another process may lead by now, and have told that this one never began.
        guard await isStillAsked(run, of: tenant, in: number) else {
            return
                "It was withdrawn meanwhile, or the store could not be read. Comment mitregate apply again if it is still wanted."
        }
        do throws(ForgeError) {
            let (full, _) = try await heard(number, visit)
            let terms = await terms(full, visit)
            guard let known = book[number] else { return "The request is not known any more." }
            return known.beginHindrance(of: tenant, run: run, terms: terms)
        } catch {
            return
                "The forge could not be asked whether everything is still as it was. \(error.message) Comment mitregate apply again once it answers."
        }
    }
}

extension RequestDesk {
    /// Whether the store has a run as asked for and not ended; where it cannot be read, it does not.
    private func isStillAsked(_ run: String, of tenant: String, in number: Int) async -> Bool {
        let query = DocumentQuery(.pullRequest, key: "\(name)/\(number)")
        guard let document = try? await environment.store.documents(query).first,
            let stored = try? JSONDecoder().decode(RequestMemory.self, from: Data(document.json.utf8)),
            let asked = stored.applying?.tenants[tenant]
        else { return false }
        return asked.run == run && asked.isUnderWay
    }
}

extension ForgeError {
    fileprivate static func notStored(_ number: Int) -> ForgeError {
        ForgeError(
            .unavailable,
            asked: "mitregate apply on request \(number)",
            message: "The order to apply request \(number) could not be stored, so nothing was started.",
            remedy: "You need not do anything; it is tried again at the next look."
        )
    }
}
