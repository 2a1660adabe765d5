import Configuration
import Forges
import FoundationEssentials
import PullRequests
import Reports

extension RequestDesk {
    /// Sets the statuses and writes the comments that would change something.
    func write(_ request: PullRequest, _ visit: Visit) async throws(ForgeError) {
        try await setStatuses(of: request, visit)
        if try await writeComments(on: request, visit), (visit.source.forge?.approvals ?? 0) > 0 {
            // An approval whose time the forge does not tell counts only if it was not there when the showing began.
            _ = try await hear(reviewsOf: request.number, visit)
        }
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
            guard let comment = comment(key, tenants, on: request, settings, limit: visit.forge.limits.comment) else {
                continue
            }
            if known.isNew(comment.text, for: key) {
                let id = try await write(comment.text, key, on: number, visit.forge)
                book[number]?.wrote(comment.text, for: key, as: id)
            }
            guard book[number]?.head == known.head else { return isNew }
            if book[number]?.shown(tenants, without: comment.unseen, at: now) == true { isNew = true }
        }
        return isNew
    }

    /// Over our own comment where there is one; a new one where that is gone.
    func write(
        _ text: String,
        _ key: CommentKey,
        on number: Int,
        _ forge: any Forge
    ) async throws(ForgeError) -> CommentID {
        do throws(ForgeError) {
            return try await forge.write(text, on: number, over: book[number]?.comment(key))
        } catch {
            guard [.notFound, .forbidden].contains(error.reason), book[number]?.comment(key) != nil else { throw error }
            book[number]?.lost(key)
            return try await forge.write(text, on: number, over: nil)
        }
    }
}
