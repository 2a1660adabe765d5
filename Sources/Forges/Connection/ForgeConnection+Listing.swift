import FoundationEssentials
import JSON
import Transfers

extension ForgeConnection {
    /// The requests of a listing, each once, and of each page what is known where the forge says that it is still so.
    ///
    /// A list that moves while its pages are asked for can name a request twice; then the first, newer word counts.
    /// - Parameter enough: Asked after each page, with all requests so far.
    func requests(
        _ request: ForgeRequest,
        sizedBy name: String,
        known memory: ForgeMemory,
        read: (JSONValue) -> PullRequest?,
        until enough: ([PullRequest]) -> Bool
    ) async throws(ForgeError) -> [PullRequest] {
        var requests: [PullRequest] = []
        var walk = ListingWalk(request, sizedBy: name, at: address, rules)
        while let url = walk.url {
            do throws(ForgeError) {
                let page = try await page(at: url, request, known: memory, read)
                requests += page.requests
                if enough(requests) { break }
                walk.advance(past: page.count, next: page.next)
            } catch {
                try walk.shrink(after: error)
            }
        }
        return requests.once
    }

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
        let elements = try elements(of: answer, to: request)
        let page = ForgeMemory.Page(
            tag: answer.headers["ETag"] ?? "",
            requests: elements.compactMap { read($0) },
            count: elements.count,
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
    /// Each request once, as it was told first.
    var once: [PullRequest] {
        var numbers: Set<Int> = []
        return filter { numbers.insert($0.number).inserted }
    }

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
