import FoundationEssentials
import JSON
import Transfers

/// A project on GitLab, by a token.
///
/// Source: docs.gitlab.com/api/merge_requests and its neighbours.
struct GitLab: Forge {
    let connection: ForgeConnection
    /// As an operator names it, such as `group/sub/project`.
    let repository: String
    let memory = ForgeMemory()
    let pipelines = GitLabPipelines()
    /// Those that run on commits of merge trains.
    let trains = GitLabPipelines()
    /// Source: docs.gitlab.com/api/notes, administration/instance_limits, api/commits.
    let limits = ForgeLimits(comment: 1_000_000, description: 1_048_576, statusText: 255)
    private let project = GitLabProject()

    init(
        _ address: ForgeAddress,
        _ repository: String,
        _ credentials: ForgeSettings.Credentials,
        token: @escaping @Sendable (_ refused: String?) async throws -> String,
        pool: TransferPool,
        timing: ForgeTiming
    ) {
        self.repository = repository
        let authorization =
            if case .bearer = credentials {
                TokenAuthorization("GitLab", token: token, pass: ForgePass.bearer)
            } else {
                TokenAuthorization("GitLab", token: token) { token in
                    ForgePass(header: "PRIVATE-TOKEN", value: token, secrets: [token])
                }
            }
        connection = ForgeConnection(
            address,
            rules: ForgeRules(name: "GitLab"),
            authorization: authorization,
            pool: pool,
            timing: timing
        )
    }

    func asked(_ number: Int) -> String { "request \(number) of \(repository)" }

    /// The path of a call below the project.
    func path(_ segments: String...) -> [String] { ["projects", repository] + segments }

    /// The path of a call that takes the project's number alone.
    func numberedPath(_ segments: String...) async throws(ForgeError) -> [String] {
        guard let number = project.number else {
            return ["projects", "\(try await lookUpProject().number)"] + segments
        }
        return ["projects", "\(number)"] + segments
    }

    /// Whether anyone may read the project; no request tells it.
    private func isPublic() async throws(ForgeError) -> Bool { try await settings().isPublic }

    /// What the project is set to, as of the last hour.
    func settings() async throws(ForgeError) -> GitLabProject.Settings {
        if let known = project.settings(at: connection.timing.now()) { return known }
        return try await lookUpProject().settings
    }

    private func lookUpProject() async throws(ForgeError) -> (number: Int, settings: GitLabProject.Settings) {
        let request = ForgeRequest(path: path(), asked: "the project \(repository)")
        let json = try await connection.send(request).json
        guard let number = json["id"]?.integer, number > 0 else {
            throw ForgeFailure.unreadable(connection.rules, request, "the project has no number")
        }
        let trains = json["merge_trains_enabled"]
        let settings = GitLabProject.Settings(
            // Where it is not told, no addresses are shown.
            isPublic: json["visibility"]?.text.map { $0 == "public" } ?? true,
            // Described as text, and sent as a flag.
            hasTrains: trains?.flag ?? trains?.text.map { $0 == "true" } ?? false
        )
        project.keep(number, settings, at: connection.timing.now())
        return (number, settings)
    }

    func open(into branch: String, since: Date?) async throws(ForgeError) -> [PullRequest] {
        var query = [
            (name: "state", value: "opened"), (name: "target_branch", value: branch),
            (name: "order_by", value: "updated_at"), (name: "sort", value: "desc"), (name: "per_page", value: "100"),
        ]
        if let since { query.append((name: "updated_after", value: since.ISO8601Format())) }
        let request = ForgeRequest(
            path: path("merge_requests"),
            query: query,
            asked: "the open requests of \(repository)"
        )
        let limit = limits.openRequests
        let requests = try await connection.requests(
            request,
            sizedBy: "per_page",
            known: memory,
            read: { $0.gitLabRequest },
            until: { $0.count >= limit }
        )
        let wanted = requests.filter { $0.base.branch == branch && $0.state == .open }
        let isPublic = try await isPublic()
        return wanted.prefix(limits.openRequests).map { request in
            var request = request
            request.base.isPublic = isPublic
            return request
        }
    }

    func pullRequest(_ number: Int) async throws(ForgeError) -> PullRequest {
        var result = try await mergeRequest(number).request
        let approvals = ForgeRequest(
            path: try await numberedPath("merge_requests", "\(number)", "approvals"),
            asked: "the approvals of \(asked(number))"
        )
        // An approval names no commit and, on most versions, no time; one that was taken back is not there any more.
        let people = try await connection.send(approvals).json["approved_by"]?.elements ?? []
        result.reviews = people.compactMap { approval in
            guard let person = approval["user"]?.gitLabPerson else { return nil }
            return Review(person: person, verdict: .approved, at: approval["approved_at"]?.instant, commit: nil)
        }
        result.base.isPublic = try await isPublic()
        return result
    }

    /// Reads a request, and remembers its head's pipeline.
    func mergeRequest(_ number: Int) async throws(ForgeError) -> (request: PullRequest, pipeline: GitLabPipeline?) {
        let call = ForgeRequest(path: path("merge_requests", "\(number)"), asked: asked(number))
        let json = try await connection.send(call).json
        guard let request = json.gitLabRequest else {
            throw ForgeFailure.unreadable(connection.rules, call, "it lacks a number, a head, a base or a state")
        }
        if let own = json["target_project_id"]?.integer, own > 0 { project.keep(number: own) }
        let pipeline = json.gitLabPipeline(of: request.head.commit)
        pipelines.keep(pipeline, of: request, at: connection.timing.now())
        return (request, pipeline)
    }

    func merged(as commit: CommitID) async throws(ForgeError) -> PullRequest? {
        let request = ForgeRequest(
            path: path("repository", "commits", commit.hex, "merge_requests"),
            query: [(name: "per_page", value: "100")],
            asked: "the request that \(commit.hex) came from in \(repository)"
        )
        do throws(ForgeError) {
            let all = try await connection.listing(request, sizedBy: "per_page", read: { $0.gitLabRequest })
            return all.elements.bringing(commit)
        } catch {
            guard error.status == 404, error.saysCommitNotFound else { throw error }
            return nil
        }
    }

    /// Whether a person is at least a developer, by whatever group.
    ///
    /// Source: docs.gitlab.com/api/members, "Roles".
    func mayWrite(_ person: Person) async throws(ForgeError) -> Bool {
        guard let id = Int(person.id), id > 0 else { return false }
        let request = ForgeRequest(
            path: path("members", "all", "\(id)"),
            asked: "the rights of \(person.login) in \(repository)"
        )
        do throws(ForgeError) {
            let member = try await connection.send(request).json
            guard let level = member["access_level"]?.integer else {
                throw ForgeFailure.unreadable(connection.rules, request, "it names no access level")
            }
            guard member["id"]?.integer == id else { return false }
            let isActive = member["state"]?.text ?? "active" == "active"
            return level >= 30 && isActive && member["membership_state"]?.text ?? "active" == "active"
        } catch {
            // Whoever is not a member is not found; a project that is not found is another matter.
            guard error.status == 404, !error.message.contains("Project Not Found") else { throw error }
            return false
        }
    }

    func ourselves() async throws(ForgeError) -> Person {
        if let known = memory.ourselves(at: connection.timing.now()) { return known }
        let request = ForgeRequest(path: ["user"], asked: "the account of the credentials")
        guard let person = try await connection.send(request).json.gitLabPerson else {
            throw ForgeFailure.unreadable(connection.rules, request, "it names no person")
        }
        memory.keep(ourselves: person, at: connection.timing.now())
        return person
    }
}

extension ForgeError {
    /// GitLab answers 404 for a commit that it does not have as for a project that may not be seen.
    var saysCommitNotFound: Bool { message.lowercased().contains("commit not found") }
}
