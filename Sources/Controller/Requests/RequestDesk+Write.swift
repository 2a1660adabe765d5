import Configuration
import Forges
import FoundationEssentials
import PullRequests
import Reconciling
import Reports

extension RequestDesk {
    /// Sets the statuses and writes the comments that would change something.
    func write(_ request: PullRequest, _ visit: Visit) async throws(ForgeError) {
        try await setStatuses(of: request, visit)
        if try await writeComments(on: request, visit), asksForApprovals(visit.source) {
            // An approval whose time the forge does not tell counts only if it was not there when the showing began.
            _ = try await hear(reviewsOf: request.number, visit)
        }
        try await writeApplied(request.number, visit.forge)
    }

    private func setStatuses(of request: PullRequest, _ visit: Visit) async throws(ForgeError) {
        let number = request.number
        guard let known = book[number], known.head == request.head.commit.hex, let settings = visit.source.forge
        else { return }
        for status in known.unsent(known.statuses(isSummary: visibility(settings) == .summary)) {
            do throws(ForgeError) {
                try await visit.forge.set(status, for: request)
            } catch {
                // After a force-push the commit is gone, and its statuses with it.
                guard error.reason == .commitGone else { throw error }
            }
            guard book[number]?.head == known.head else { return }
            book[number]?.sent(status)
        }
    }

    /// - Returns: Whether changes are shown that were not shown before.
    private func writeComments(on request: PullRequest, _ visit: Visit) async throws(ForgeError) -> Bool {
        let number = request.number
        guard let known = book[number], let settings = visit.source.forge else { return false }
        var isNew = false
        for (key, tenants) in known.commentKeys {
            guard let comment = comment(key, tenants, among: known, settings, visit.forge) else { continue }
            if known.isNew(comment.text, for: key) {
                let id = try await write(comment.text, key, on: number, visit.forge)
                book[number]?.wrote(comment.text, for: key, as: id)
            }
            guard book[number]?.head == known.head else { return isNew }
            if book[number]?.shown(tenants, without: comment.unseen, at: now) == true { isNew = true }
        }
        return isNew
    }

    /// A comment with whose approval counts for what it is to show, and not for what it shows until now.
    private func comment(
        _ key: CommentKey,
        _ tenants: [String],
        among known: RequestMemory,
        _ settings: SourceForge,
        _ forge: any Forge
    ) -> PlanComment.Text? {
        let limit = forge.limits.comment
        guard let first = comment(key, tenants, of: known, settings, limit: limit) else { return nil }
        var next = known
        next.shown(tenants, without: first.unseen, at: now)
        if tenants.allSatisfy({ next.remarks(on: $0) == known.remarks(on: $0) }) { return first }
        return comment(key, tenants, of: next, settings, limit: limit)
    }

    /// Over our own comment where there is one; a new one where that is gone.
    func write(
        _ text: String,
        _ key: CommentKey,
        on number: Int,
        _ forge: any Forge
    ) async throws(ForgeError) -> CommentID {
        try await findAgain(key, on: number, forge)
        guard let known = book[number]?.comment(key) else { return try await begin(text, key, on: number, forge) }
        do throws(ForgeError) {
            return try await begin(text, key, over: known, on: number, forge)
        } catch {
            guard [.notFound, .forbidden].contains(error.reason) else { throw error }
            return try await replace(key, with: text, on: number, forge, mayBeThere: error.reason == .forbidden)
        }
    }

    /// Writes a new comment in place of ours, which is gone or may not be written over.
    private func replace(
        _ key: CommentKey,
        with text: String,
        on number: Int,
        _ forge: any Forge,
        mayBeThere: Bool
    ) async throws(ForgeError) -> CommentID {
        let former = book[number]
        book[number]?.lost(key)
        do throws(ForgeError) {
            return try await begin(text, key, on: number, forge)
        } catch {
            // Where that is refused as well, as on a locked request, what may be there stays ours. Of what has no answer it is
            // looked for which of the two there is.
            if mayBeThere, let former, book[number]?.isDoubtful(key) == false { book[number]?.found(key, as: former) }
            throw error
        }
    }

    /// Stores that a comment is about to be written, as the answer may be lost, and writes it.
    private func begin(
        _ text: String,
        _ key: CommentKey,
        over known: CommentID? = nil,
        on number: Int,
        _ forge: any Forge
    ) async throws(ForgeError) -> CommentID {
        // A refusal of this write says nothing about an earlier one without an answer.
        let wasDoubtful = known != nil && book[number]?.isDoubtful(key) == true
        book[number]?.begin(key, at: now)
        await save([number])
        do throws(ForgeError) {
            return try await forge.write(text, on: number, over: known)
        } catch {
            // What was refused is not there; what was not answered is not known.
            if !wasDoubtful, error.reason != .unavailable, error.reason != .unreadable { book[number]?.settled(key) }
            throw error
        }
    }

    /// Looks for a comment of which it is not known whether it was written, so that it does not come twice.
    private func findAgain(_ key: CommentKey, on number: Int, _ forge: any Forge) async throws(ForgeError) {
        guard let known = book[number], known.comment(key) == nil, known.isDoubtful(key) else { return }
        let line = firstLine(of: key)
        let us = try await forge.ourselves()
        let ours = try await forge.comments(on: number, since: Date(timeIntervalSince1970: 0)).last { comment in
            comment.author == us && comment.text.prefix { !$0.isNewline } == line
        }
        if let ours {
            book[number]?.wrote(ours.text, for: key, as: ours.id)
        } else if !known.mayBegin(key, at: now) {
            throw ForgeError(
                .unavailable,
                asked: "a comment on request \(number)",
                message: "Whether a comment on request \(number) was written is not known: no answer came.",
                remedy: "You need not do anything; it is looked for, and written again if it is missing."
            )
        }
    }

    func firstLine(of key: CommentKey) -> String {
        let instance = environment.configuration.controllerName
        return switch key {
        case .tenant(let tenant): PlanComment.key(instance: instance, tenant: tenant)
        case .all: PlanComment.key(instance: instance, tenant: nil)
        case .outcome: OutcomeComment.key(instance: instance)
        case .applied: AheadComment.key(instance: instance)
        }
    }
}
