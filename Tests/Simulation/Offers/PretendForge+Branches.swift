import Forges
import Foundation
import PullRequests

/// The branches of offers, as the git of the forge has them, and requests that programs open.
extension PretendForge {
    struct Branch {
        var head: PretendSource.Head
        /// Whether the commit at its tip is ours.
        var isOurs: Bool
        /// Whether the branch's tip lies in the source's branch, so that nothing is lost with it.
        var isMerged = false
    }

    func tip(of branch: String, at now: Date) throws(Trouble) -> String? {
        if has(.down, at: now) { throw .unanswered }
        return branches[branch]?.head.revision
    }

    /// Pushes over exactly that tip, or to a branch that does not exist.
    mutating func push(
        _ head: PretendSource.Head,
        to branch: String,
        over: String?,
        at now: Date
    ) throws(Trouble) {
        if has(.down, at: now) { throw .unanswered }
        guard branches[branch]?.head.revision == over else { throw .refused }
        put(head, on: branch, isOurs: true, at: now)
        if has(.losesAnswers, at: now) { throw .unanswered }
    }

    /// A person pushes, or we do.
    mutating func put(_ head: PretendSource.Head, on branch: String, isOurs: Bool, at now: Date) {
        branches[branch] = Branch(head: head, isOurs: isOurs)
        for request in requests.values where request.branch == branch && request.state == .open {
            change(request.number, at: now) { $0.head = head }
        }
    }

    mutating func remove(_ branch: String, at tip: String, at now: Date) throws(Trouble) {
        if has(.down, at: now) { throw .unanswered }
        guard let known = branches[branch] else { return }
        guard known.head.revision == tip else { throw .refused }
        branches[branch] = nil
        if has(.losesAnswers, at: now) { throw .unanswered }
    }

    /// Opens a request, or brings the open one with this branch up to date.
    mutating func propose(_ offer: ChangeOffer, at now: Date) throws(Trouble) -> (number: Int, isNew: Bool) {
        if has(.down, at: now) { throw .unanswered }
        guard let branch = branches[offer.branch] else { throw .missing }
        if let open = requests.values.first(where: { $0.branch == offer.branch && $0.state == .open }) {
            change(open.number, at: now) { request in
                request.parts = offer.parts
                request.body = offer.body
            }
            if has(.losesAnswers, at: now) { throw .unanswered }
            return (open.number, false)
        }
        let number = max(100, requests.keys.max() ?? 0) + 1
        var request = Request(number: number, head: branch.head, edits: [], isDraft: false, isFork: false, updated: now)
        request.branch = offer.branch
        request.author = Reviewer.ourselves
        request.parts = offer.parts
        request.body = offer.body
        open(request, at: now)
        if has(.losesAnswers, at: now) { throw .unanswered }
        return (number, true)
    }

    mutating func close(_ number: Int, at now: Date) throws(Trouble) {
        if has(.down, at: now) { throw .unanswered }
        guard requests[number]?.state == .open else { throw .refused }
        change(number, at: now) { request in
            request.state = .closed
            request.isClosedByUs = true
        }
        if has(.losesAnswers, at: now) { throw .unanswered }
    }

    /// The latest request for a branch.
    func latest(_ branch: String) -> Request? {
        requests.values.filter { $0.branch == branch }.max { $0.number < $1.number }
    }
}
