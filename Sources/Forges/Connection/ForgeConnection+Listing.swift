import FoundationEssentials
import JSON
import Transfers

extension ForgeConnection {
    /// A page of a listing of requests: what is known of it where the forge says that it is still so.
    func page(
        at url: String,
        _ request: ForgeRequest,
        known memory: ForgeMemory,
        _ read: (JSONValue) -> PullRequest?
    ) async throws(ForgeError) -> ForgeMemory.Page {
        var request = request
        let known = memory.page(at: url)
        request.entityTag = known?.tag
        let answer = try await send(request, to: url)
        if answer.isUnchanged, let known { return known }
        let page = ForgeMemory.Page(
            tag: answer.headers["ETag"] ?? "",
            requests: try elements(of: answer, to: request).compactMap { read($0) },
            next: try next(after: answer, to: request)
        )
        if page.tag.isEmpty || page.tag.utf8.count > 256 {
            memory.forgetPage(at: url)
        } else {
            memory.keep(page, at: url)
        }
        return page
    }
}

extension Sequence<PullRequest> {
    /// The merged request that names a commit as its own; else, as after a rebase, the one merged last.
    ///
    /// A commit can be in several, such as one into a branch that then was merged itself.
    func bringing(_ commit: CommitID) -> PullRequest? {
        let merged = compactMap { request -> (request: PullRequest, commit: CommitID?, at: Date)? in
            guard case .merged(let commit, let at) = request.state else { return nil }
            return (request, commit, at ?? .distantPast)
        }
        let exact = merged.first { $0.commit == commit }
        return (exact ?? merged.max { $0.at < $1.at })?.request
    }
}
