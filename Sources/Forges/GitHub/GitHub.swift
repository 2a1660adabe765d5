import FoundationEssentials
import JSON
import Transfers

/// GitHub, and GitHub Enterprise Server: one repository, by a token or as an App.
struct GitHub: GitHubShaped {
    let connection: ForgeConnection
    let repository: RepositoryName
    let memory = ForgeMemory()
    /// Where we are an App.
    let app: GitHubApp?

    let limits = ForgeLimits(comment: 65_536, description: 65_536, statusText: 140)
    let pageSize = (name: "per_page", value: "100")
    var commentPageSize: [(name: String, value: String)] { [pageSize] }

    /// One second between two writes.
    ///
    /// Source: docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api.
    static let rules = ForgeRules(
        name: "GitHub",
        headers: [("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28")],
        writeGap: .seconds(1)
    )

    init(
        _ address: ForgeAddress,
        _ repository: RepositoryName,
        _ credentials: ForgeSettings.Credentials,
        pool: TransferPool,
        timing: ForgeTiming
    ) throws(ForgeError) {
        self.repository = repository
        let authorization: any ForgeAuthorization
        switch credentials {
        case .token(let token):
            app = nil
            authorization = TokenAuthorization("GitHub", token: { _ in try token() }, pass: ForgePass.bearer)
        case .bearer(let token):
            app = nil
            authorization = TokenAuthorization("GitHub", token: token, pass: ForgePass.bearer)
        case .app(let id, let installation, let privateKey):
            let app = GitHubApp(
                address,
                id: id,
                installation: installation,
                repository: repository,
                privateKey: privateKey,
                pool: pool,
                timing: timing
            )
            self.app = app
            authorization = app
        }
        connection = ForgeConnection(
            address,
            rules: Self.rules,
            authorization: authorization,
            pool: pool,
            timing: timing
        )
    }

    func open(into branch: String, since: Date?) async throws(ForgeError) -> [PullRequest] {
        let query = [
            ("state", "open"), ("base", branch), ("sort", "updated"), ("direction", "desc"), pageSize,
        ].map { (name: $0.0, value: $0.1) }
        let request = ForgeRequest(
            path: repository.path("pulls"),
            query: query,
            asked: "the open requests of \(repository)"
        )
        let limit = limits.openRequests
        let requests = try await connection.requests(
            request,
            sizedBy: pageSize.name,
            known: memory,
            read: { pullRequest(in: $0) },
            until: { requests in
                if let since, let last = requests.last, last.updated < since { return true }
                return requests.count >= limit
            }
        )
        let wanted = requests.filter { $0.base.branch == branch && $0.updated >= since ?? .distantPast }
        return Array(wanted.prefix(limits.openRequests))
    }

    func merged(as commit: CommitID) async throws(ForgeError) -> PullRequest? {
        let request = ForgeRequest(
            path: repository.path("commits", commit.hex, "pulls"),
            query: [pageSize],
            asked: "the request that \(commit.hex) came from in \(repository)"
        )
        do {
            let all = try await connection.listing(request, sizedBy: pageSize.name, read: { pullRequest(in: $0) })
            return all.elements.bringing(commit)
        } catch {
            // What GitHub answers for a commit that it does not know.
            guard error.status == 422 else { throw error }
            return nil
        }
    }

    func queue(into branch: String) async throws(ForgeError) -> MergeQueue? {
        .branches(below: "refs/heads/gh-readonly-queue/\(branch)/")
    }

    /// Whether a person's role writes.
    ///
    /// The answer counts only where it is about the same person, whose name may have gone to another. Apps have no role;
    /// our own is one that may write, as it is given no token without.
    func mayWrite(_ person: Person) async throws(ForgeError) -> Bool {
        guard person != .deletedAccount else { return false }
        if person.isBot {
            guard app != nil else { return false }
            return person == (try await ourselves())
        }
        let request = ForgeRequest(
            path: repository.path("collaborators", person.login, "permission"),
            asked: "the rights of \(person.login) in \(repository)"
        )
        let json = try await connection.send(request).json
        guard let permission = json["permission"]?.text else {
            throw ForgeFailure.unreadable(connection.rules, request, "it names no permission")
        }
        guard json["user"]?["id"]?.integer.map({ "\($0)" }) == person.id else { return false }
        return ["admin", "maintain", "write"].contains(permission)
    }

    func ourselves() async throws(ForgeError) -> Person {
        guard let app else { return try await account() }
        if let known = memory.ourselves(at: connection.timing.now()) { return known }
        let person = try await app.person()
        memory.keep(ourselves: person, at: connection.timing.now())
        return person
    }

    func isDraft(_ request: JSONValue) -> Bool { request["draft"]?.flag ?? false }

    func verdict(of review: JSONValue) -> Review.Verdict? {
        switch review["state"]?.text?.uppercased() {
        case "APPROVED": .approved
        case "CHANGES_REQUESTED": .changesRequested
        case "DISMISSED": .dismissed
        case "COMMENTED": .commented
        default: nil
        }
    }

    /// GitHub refuses a commit that it does not have as it refuses a text that is too long: only its words differ.
    func statusError(_ error: ForgeError, for request: PullRequest) async -> ForgeError {
        guard error.reason == .invalid, error.message.contains("No commit found") else { return error }
        return ForgeFailure.commitGone(error, request.head.commit)
    }

    func openRequest(for proposal: Proposal) async throws(ForgeError) -> Int? {
        let request = ForgeRequest(
            path: repository.path("pulls"),
            query: [
                ("state", "open"), ("head", "\(repository.owner):\(proposal.head)"), ("base", proposal.base), pageSize,
            ],
            asked: "the open request from \(proposal.head) of \(repository)"
        )
        let all = try await connection.listing(request, sizedBy: pageSize.name, read: { pullRequest(in: $0) })
        // The query names the owner, who may have a fork as well.
        return all.elements.first { request in
            request.head.origin == .same && request.head.branch == proposal.head
                && request.base.branch == proposal.base
        }?.number
    }
}

extension ForgeFailure {
    static func commitGone(_ error: ForgeError, _ commit: CommitID) -> ForgeError {
        ForgeError(
            .commitGone,
            asked: error.asked,
            message: "\(error.message) Commit \(commit.hex) is not there any more, as after a force-push.",
            remedy: "Nothing has to be done; the new head is looked at.",
            status: error.status
        )
    }
}
