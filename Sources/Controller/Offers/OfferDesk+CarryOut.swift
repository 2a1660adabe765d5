import Configuration
import Forges
import FoundationEssentials
import GitRepositories
import PullRequests
import Reconciling
import Reports
import StateStore

/// Doing what was decided about one offer.
extension OfferDesk {
    /// What came of working on one offer.
    struct Attempt: Sendable {
        var news: OfferNews
        /// Whether another process or a person was quicker, so that it is to be looked at once more.
        var isOvertaken = false
    }

    /// What failed is left alone for a while.
    func attempt(_ work: Work, _ visit: Visit) async -> Attempt {
        do {
            if let rest = rests[work.key], rest.until > now { return Attempt(news: news(of: work, rest.trouble)) }
            let news = try await carryOut(work, visit)
            rests[work.key] = nil
            return Attempt(news: news)
        } catch {
            // Whoever was stopped has found out nothing.
            if Task.isCancelled || error is CancellationError {
                return Attempt(news: OfferNews(tenant: work.managed.tenant.name, kind: work.kind, isUnknown: true))
            }
            if Self.isOvertaken(error) {
                return Attempt(news: news(of: work, Self.trouble(error)), isOvertaken: true)
            }
            // What was stored before it failed is looked at in the next look.
            return Attempt(news: news(of: work, rest(work.key, after: error)))
        }
    }

    /// - Returns: What is so of it now.
    func carryOut(_ given: Work, _ visit: Visit) async throws -> OfferNews {
        var work = given
        let trouble = try await act(&work, visit)
        return news(of: work, trouble)
    }

    private func news(of work: Work, _ trouble: RequestTrouble?) -> OfferNews {
        var news = OfferNews(tenant: work.managed.tenant.name, kind: work.kind, trouble: trouble)
        if case .unknown = work.wish.wish { news.isUnknown = true }
        if news.trouble == nil, let hindrance = work.wish.hindrance {
            news.trouble = RequestTrouble(
                reason: "NotEditable",
                message: "Nothing can be offered. \(hindrance).",
                remedy: "Change the file by hand, or put the tenant back."
            )
        }
        news.request = work.record.shownNumber
        news.page = work.record.page
        return news
    }

    /// - Returns: What stands in the way, where that is for people to settle.
    private func act(_ work: inout Work, _ visit: Visit) async throws -> RequestTrouble? {
        try await finishClosing(&work, visit)
        let request = try await request(of: work.record.memory, visit)
        if request == nil, work.record.memory.number != nil { work.record.forgetComment() }
        if doubtful.contains(work.key) { work.record.memory.doubtWords() }
        work.record.page = request?.page ?? work.record.page
        var facts = OfferFacts(
            wish: work.wish.wish,
            tip: request.flatMap { $0.state == .open ? $0.head.commit : nil },
            request: request,
            isFought: work.wish.isFought
        )
        // Git is asked only where something would be done: what the forge says of a head is as good while nothing is.
        var trial = work.record.memory
        var decision = trial.decide(facts, work.wish.policy, at: now)
        if case .leave = decision {
            work.record.memory = trial
        } else {
            facts.tip = try await tip(of: work.record.memory.branch, visit)
            decision = work.record.memory.decide(facts, work.wish.policy, at: now)
        }
        if work.record.memory.number == nil { work.record.page = nil }
        try await store(&work)
        switch decision {
        case .open(let offer, let over):
            guard try await push(offer, over: over, &work, visit) else { return nil }
            try await propose(offer, &work, visit)
        case .update(let offer, let number, let over, let pushes):
            // A person may have closed it since the list was made. Then no one would see a push, and a proposal would open another.
            try await requireOpen(number, visit)
            if pushes {
                guard try await push(offer, over: over, &work, visit) else { return nil }
                try await requireOpen(number, visit)
            }
            try await propose(offer, &work, visit)
        case .close(let number, let tip, let end): try await close(number, tip, end, &work, visit)
        case .leave(let rest):
            if case .upToDate(let number) = rest, case .offer(let offer, _) = work.wish.wish {
                try await comment(offer, on: number, &work, visit)
            }
            guard let trouble = Self.trouble(rest, work) else { return nil }
            // What is not ours by what we remember may be another process's of our own.
            try await confirm(work)
            return trouble
        }
        return nil
    }

    private func requireOpen(_ number: Int, _ visit: Visit) async throws {
        guard try await visit.forge.pullRequest(number).state == .open else {
            throw OfferOvertaken(what: "Request #\(number) was closed")
        }
    }

    /// Our request as the forge has it: the remembered one, or one that is open from our branch.
    ///
    /// - Returns: `nil` only where the forge says that there is none.
    private func request(of memory: OfferMemory, _ visit: Visit) async throws(ForgeError) -> PullRequest? {
        if let number = memory.number {
            if let listed = visit.open.first(where: { $0.number == number }) { return listed }
            do throws(ForgeError) {
                return try await visit.forge.pullRequest(number)
            } catch {
                // A forge that was moved or restored may not have it any more. It has answered with the open requests in this
                // look, so the repository is there and may be read; a redirect tells nothing of the request.
                guard error.reason == .notFound, error.status == 404 || error.status == 410 else { throw error }
            }
        }
        return visit.open.first { $0.head.branch == memory.branch && $0.head.origin == .same }
    }

    private func tip(of branch: String, _ visit: Visit) async throws -> CommitID? {
        let mirror = try SourceReader.branches(of: visit.source, at: visit.snapshot, environment)
        let tips = try await mirror.tips(of: [branch], by: SourceReader.child(environment))
        return tips[branch].flatMap { CommitID($0) }
    }

    // MARK: The branch

    /// - Returns: Whether the branch has the offer's commit; where no file would change there is none.
    private func push(_ offer: ChangeOffer, over: CommitID?, _ work: inout Work, _ visit: Visit) async throws -> Bool {
        let mirror = try SourceReader.branches(of: visit.source, at: visit.snapshot, environment)
        let child = SourceReader.child(environment)
        let identity = visit.settings.identity
        let change = BranchChange(
            base: offer.base.hex,
            files: offer.files.map { BranchChange.File(path: $0.path, content: $0.content) },
            message: offer.commitMessage,
            author: Commit.Person(name: identity.name, email: identity.email, date: date(of: work, visit))
        )
        let key = try identity.signingKey.map { SigningKey(try $0.resolve()) }
        guard let commit = try await mirror.compose(change, signedWith: key, by: child),
            let id = CommitID(commit.id)
        else { return false }
        work.record.memory.willPush(id, of: offer)
        work.record.about = work.wish.about
        try await store(&work)
        do throws(GitError) {
            _ = try await mirror.push(commit, to: offer.branch, replacing: over.map { [$0.hex] } ?? [], by: child)
        } catch {
            if case .branchMoved = error { try await confirm(work) }
            throw error
        }
        return true
    }

    /// The same for the same change, so that a push that fails again and again makes one commit and not many; and never before
    /// the commit that it stands on, as a branch that goes back in time is held.
    private func date(of work: Work, _ visit: Visit) -> Date {
        let base = visit.snapshot.commit.committer.date
        guard case .offer(_, let since) = work.wish.wish else { return max(base, now) }
        return max(since, base)
    }

    // MARK: The request

    private func propose(_ offer: ChangeOffer, _ work: inout Work, _ visit: Visit) async throws {
        doubtful.insert(work.key)
        let number = try await visit.forge.propose(
            Proposal(head: offer.branch, base: visit.source.branch, title: offer.title, description: offer.body)
        )
        let isNew = work.record.memory.number != number
        work.record.memory.did(offer, as: number, at: now)
        work.record.about = work.wish.about
        if isNew { work.record.page = nil }
        try await store(&work)
        doubtful.remove(work.key)
        if work.record.page == nil {
            work.record.page = try await visit.forge.pullRequest(number).page
            try await store(&work)
        }
        if isNew, work.kind == .revert { tools.stirred([work.managed.tenant.name]) }
        try await comment(offer, on: number, &work, visit)
    }

    /// Writes the evidence where it does not stand there yet.
    private func comment(_ offer: ChangeOffer, on number: Int, _ work: inout Work, _ visit: Visit) async throws {
        guard let (text, known) = work.record.comment(of: offer, on: number) else { return }
        let whole = "\(ChangeOffer.commentKey)\n\(text)"
        var over = known
        if over == nil {
            over = try await ourComment(ChangeOffer.commentKey, on: number, visit)
        } else {
            work.record.willWriteComment()
            try await store(&work)
        }
        let id: CommentID
        do throws(ForgeError) {
            id = try await visit.forge.write(whole, on: number, over: over)
        } catch {
            guard over != nil, error.reason == .notFound else { throw error }
            id = try await visit.forge.write(whole, on: number, over: nil)
        }
        work.record.wrote(text, on: number, as: id)
        try await store(&work)
    }

    /// A comment of ours that begins with a line; its answer may have been lost when it was written.
    private func ourComment(_ key: String, on number: Int, _ visit: Visit) async throws(ForgeError) -> CommentID? {
        let us = try await visit.forge.ourselves()
        return try await visit.forge.comments(on: number, since: Date(timeIntervalSince1970: 0)).last { comment in
            comment.author == us && comment.text.prefix { !$0.isNewline } == key
        }?.id
    }

    private func close(
        _ number: Int,
        _ tip: CommitID?,
        _ end: OfferEnd,
        _ work: inout Work,
        _ visit: Visit
    ) async throws {
        work.record.willClose(number, tip: tip)
        try await store(&work)
        try await visit.forge.close(number)
        try await sayFarewell(OfferRecord.Farewell(number: number, tip: tip), &work, visit)
    }

    /// Goes on with what a crash or a lost answer left of closing a request of ours.
    private func finishClosing(_ work: inout Work, _ visit: Visit) async throws {
        guard let farewell = work.record.farewell else { return }
        var state: PullRequest.State?
        do throws(ForgeError) {
            state = try await visit.forge.pullRequest(farewell.number).state
        } catch {
            guard error.reason == .notFound else { throw error }
        }
        switch work.record.farewell(state) {
        case .wait: return
        case .say(let farewell): try await sayFarewell(farewell, &work, visit)
        case .forget:
            work.record.didClose()
            try await store(&work)
        }
    }

    /// Says on a closed request why we closed it, and removes its branch.
    private func sayFarewell(_ farewell: OfferRecord.Farewell, _ work: inout Work, _ visit: Visit) async throws {
        if try await ourComment(ChangeOffer.endKey, on: farewell.number, visit) == nil {
            let text = "\(ChangeOffer.endKey)\n\(OfferText.ended(work.kind.end, tenant: work.managed.tenant.name))"
            _ = try await visit.forge.write(text, on: farewell.number, over: nil)
        }
        if let tip = farewell.tip {
            let mirror = try SourceReader.branches(of: visit.source, at: visit.snapshot, environment)
            let branch = work.record.memory.branch
            do throws(GitError) {
                _ = try await mirror.remove(branch, at: [tip], by: SourceReader.child(environment))
            } catch {
                // Someone pushed to it, so it is theirs.
                guard case .branchMoved = error else { throw error }
            }
        }
        work.record.didClose()
        try await store(&work)
    }

    // MARK: What people have to settle

    private static func trouble(_ rest: OfferRest, _ work: Work) -> RequestTrouble? {
        let branch = work.record.memory.branch
        switch rest {
        case .foreignCommit(let tip):
            return RequestTrouble(
                reason: "ForeignCommit",
                message: """
                    The branch \(branch) is at \(tip.hex.prefix(12)), which is not a commit of Mitregate's, so it is left alone.
                    """,
                remedy: "Merge or close its request, or delete the branch; then it is offered again."
            )
        case .branchGone(let number):
            return RequestTrouble(
                reason: "BranchGone",
                message: "The branch \(branch) of request #\(number) is gone.",
                remedy: "Close the request; a new one is opened when something else changes."
            )
        case .fought:
            return RequestTrouble(
                reason: "Fought",
                message: "It was changed back and forth three times or more within a day, so it is not offered.",
                remedy: "Find out who changes it (mitregate drift) and stop that first."
            )
        case .unknown, .nothingToOffer, .upToDate, .declined, .reopened, .merged, .waits: return nil
        }
    }
}

extension ChangeOffer.Kind {
    /// Why a request of the kind is closed by us.
    fileprivate var end: OfferText.End {
        switch self {
        case .drift: .drift
        case .revert: .revert
        case .adoption: .adoption
        }
    }
}
