import FoundationEssentials
import JSON
import Transfers

/// Gitea, and Forgejo, which came from it: one repository, by a token.
struct Gitea: GitHubShaped {
    let connection: ForgeConnection
    let repository: RepositoryName
    let memory = ForgeMemory()

    /// Neither forge has a limit for comments that we met; a status's text is cut where people stop reading.
    let limits = ForgeLimits(comment: 65_536, description: 65_536, statusText: 255)
    /// More is cut to 50 by a server's usual settings.
    let pageSize = (name: "limit", value: "50")
    /// What is looked through where the forge cannot say which request a commit came from.
    static let maximumClosed = 200

    init(
        _ name: String,
        _ address: ForgeAddress,
        _ repository: RepositoryName,
        token: @escaping @Sendable (_ refused: String?) async throws -> String,
        pool: TransferPool,
        timing: ForgeTiming
    ) {
        self.repository = repository
        let authorization = TokenAuthorization(name, token: token) { token in
            ForgePass(header: "Authorization", value: "token \(token)", secrets: [token])
        }
        connection = ForgeConnection(
            address,
            rules: ForgeRules(name: name),
            authorization: authorization,
            pool: pool,
            timing: timing
        )
    }

    /// All open requests, as 1.22 and Forgejo cannot filter by branch, and none tells an entity tag.
    func open(into branch: String, since: Date?) async throws(ForgeError) -> [PullRequest] {
        let limit = limits.openRequests
        let list = try await connection.listing(
            listing("open"),
            sizedBy: pageSize.name,
            read: { pullRequest(in: $0) },
            until: { requests in
                if requests.count >= limit { return true }
                guard let since, let oldest = requests.last?.updated else { return false }
                return oldest < since
            }
        )
        let wanted = list.elements.once.filter { request in
            request.base.branch == branch && request.updated >= since ?? .distantPast
        }
        return Array(wanted.prefix(limit))
    }

    private func listing(_ state: String) -> ForgeRequest {
        ForgeRequest(
            path: repository.path("pulls"),
            query: [("state", state), ("sort", "recentupdate"), pageSize],
            asked: "the \(state) requests of \(repository)"
        )
    }

    /// Newer servers know it; on those that do not, what was closed last is looked through.
    func merged(as commit: CommitID) async throws(ForgeError) -> PullRequest? {
        let request = ForgeRequest(
            path: repository.path("commits", commit.hex, "pull"),
            asked: "the request that \(commit.hex) came from in \(repository)"
        )
        do throws(ForgeError) {
            guard let found = pullRequest(in: try await connection.send(request).json) else {
                throw ForgeFailure.unreadable(connection.rules, request, "it is not a request")
            }
            guard case .merged = found.state else { return nil }
            return found
        } catch {
            guard error.status == 404 else { throw error }
        }
        let closed = try await connection.listing(
            listing("closed"),
            sizedBy: pageSize.name,
            read: { pullRequest(in: $0) },
            until: { $0.count >= Self.maximumClosed || $0.contains { $0.isMerged(as: commit) } }
        )
        return closed.elements.first { $0.isMerged(as: commit) }
    }

    /// Whether a person is among those who can be assigned: exactly those who may write.
    ///
    /// A token that may not administer is refused the question about one person's permission.
    /// Source: Gitea's description of `assignees`, "all users that have write access".
    func mayWrite(_ person: Person) async throws(ForgeError) -> Bool {
        guard person != .deletedAccount else { return false }
        let request = ForgeRequest(
            path: repository.path("assignees"),
            asked: "the people who may write to \(repository)"
        )
        let people = try await connection.pages(request, overflow: .refused).compactMap(\.gitHubPerson)
        return people.contains(person)
    }

    /// A field since 1.23, and before that a title that begins with a word that the server is set to.
    func isDraft(_ request: JSONValue) -> Bool {
        if request["draft"]?.flag == true { return true }
        let title = request["title"]?.text?.uppercased() ?? ""
        return title.hasPrefix("WIP:") || title.hasPrefix("[WIP]")
    }

    func verdict(of review: JSONValue) -> Review.Verdict? {
        let isOver = review["dismissed"]?.flag == true || review["stale"]?.flag == true
        switch review["state"]?.text?.uppercased() {
        case "APPROVED": return isOver ? .dismissed : .approved
        case "REQUEST_CHANGES": return review["dismissed"]?.flag == true ? .dismissed : .changesRequested
        case "COMMENT": return .commented
        default: return nil
        }
    }

    /// A commit that is not there is 500, as the server's own trouble is; the request's head tells them apart.
    func statusError(_ error: ForgeError, for request: PullRequest) async -> ForgeError {
        guard error.status == 500 || error.status == 404 else { return error }
        guard let now = try? await head(of: request.number), now != request.head.commit else { return error }
        return ForgeFailure.commitGone(error, request.head.commit)
    }

    private func head(of number: Int) async throws(ForgeError) -> CommitID? {
        let request = ForgeRequest(
            path: repository.path("pulls", "\(number)"),
            asked: "the head of request \(number) of \(repository)"
        )
        return try await connection.send(request).json["head"]?["sha"]?.commit
    }

    /// The call for a pair of branches does not take a branch with a slash, so the open ones are looked through.
    func openRequest(for proposal: Proposal) async throws(ForgeError) -> Int? {
        let all = try await connection.listing(
            listing("open"),
            sizedBy: pageSize.name,
            read: { pullRequest(in: $0) }
        )
        return all.elements.first { request in
            request.head.origin == .same && request.head.branch == proposal.head
                && request.base.branch == proposal.base
        }?.number
    }
}

extension PullRequest {
    fileprivate func isMerged(as commit: CommitID) -> Bool {
        guard case .merged(commit?, _) = state else { return false }
        return true
    }
}
