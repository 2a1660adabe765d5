import FoundationEssentials
import JSON
import Transfers

/// A repository of Azure DevOps, by a personal access token or one of Entra's.
///
/// Source: learn.microsoft.com/rest/api/azure/devops/git, version 7.1.
struct AzureDevOps: Forge {
    let connection: ForgeConnection
    let project: String
    let name: String
    let memory = ForgeMemory()
    let places = AzureDevOpsMemory()
    /// How long a status's text may be is documented nowhere; it is cut where people stop reading.
    let limits = ForgeLimits(
        comment: 150_000,
        description: 4_000,
        statusText: 255,
        listTellsOfComments: false
    )

    static let version = (name: "api-version", value: "7.1")
    private static let pageSize = 100

    /// Whoever is not signed in is not told 401, but shown a page to sign in on, with 203 or as a redirect.
    ///
    /// Source: learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate.
    static let rules = ForgeRules(name: "Azure DevOps", refusals: [401, 203, 302])

    init(
        _ address: ForgeAddress,
        _ repository: RepositoryName,
        _ credentials: ForgeSettings.Credentials,
        token: @escaping @Sendable (_ refused: String?) async throws -> String,
        pool: TransferPool,
        timing: ForgeTiming
    ) {
        project = repository.owner
        name = repository.name
        let authorization =
            if case .bearer = credentials {
                TokenAuthorization("Azure DevOps", token: token, pass: ForgePass.bearer)
            } else {
                TokenAuthorization("Azure DevOps", token: token) { token in
                    let basic = Data(":\(token)".utf8).base64EncodedString()
                    return ForgePass(header: "Authorization", value: "Basic \(basic)", secrets: [token, basic])
                }
            }
        connection = ForgeConnection(
            address,
            rules: Self.rules,
            authorization: authorization,
            pool: pool,
            timing: timing
        )
    }

    var repository: String { "\(project)/\(name)" }

    func path(_ segments: String...) -> [String] { [project, "_apis", "git", "repositories", name] + segments }

    func path(of number: Int, _ segments: String...) -> [String] { path("pullRequests", "\(number)") + segments }

    func asked(_ number: Int) -> String { "request \(number) of \(repository)" }

    /// Where people read a request.
    func page(of number: Int) -> String {
        connection.address.url([project, "_git", name, "pullrequest", "\(number)"])
    }

    func elements(_ request: ForgeRequest) async throws(ForgeError) -> [JSONValue] {
        guard let elements = try await connection.send(request).json["value"]?.elements else {
            throw ForgeFailure.unreadable(connection.rules, request, "the answer is not a list")
        }
        return elements
    }

    /// All open requests, whatever `since` is: the list tells neither when one changed nor that a comment came.
    func open(into branch: String, since: Date?) async throws(ForgeError) -> [PullRequest] {
        var requests: [PullRequest] = []
        var seen = 0
        while seen < limits.openRequests {
            let request = ForgeRequest(
                path: path("pullrequests"),
                query: [
                    ("searchCriteria.status", "active"), ("searchCriteria.targetRefName", "refs/heads/\(branch)"),
                    ("$top", "\(Self.pageSize)"), ("$skip", "\(seen)"), Self.version,
                ],
                asked: "the open requests of \(repository)"
            )
            let elements = try await elements(request)
            for json in elements.prefix(Self.pageSize) {
                if let request = try await self.request(in: json) { requests.append(request) }
            }
            seen += Self.pageSize
            guard elements.count >= Self.pageSize else { break }
        }
        // A list that moves while its pages are asked for can name a request twice.
        var numbers: Set<Int> = []
        let open = requests.filter {
            numbers.insert($0.number).inserted && $0.base.branch == branch && $0.state == .open
        }.sorted { $0.number > $1.number }
        guard open.contains(where: { $0.base.isPublic == nil }) else { return open }
        let isPublic = await isPublic()
        return open.map { request in
            var request = request
            request.base.isPublic = request.base.isPublic ?? isPublic
            return request
        }
    }

    /// A request that was just opened names no head yet; its pushes do.
    private func request(in json: JSONValue) async throws(ForgeError) -> PullRequest? {
        if let request = json.azureRequest(page: page) { return request }
        guard let number = json["pullRequestId"]?.integer, number > 0, json["lastMergeSourceCommit"]?["commitId"] == nil
        else { return nil }
        let head = try await iterations(of: number).last?["sourceRefCommit"]?["commitId"]?.commit
        return json.azureRequest(head: head, page: page)
    }

    /// The pushes to a request, oldest first.
    func iterations(of number: Int) async throws(ForgeError) -> [JSONValue] {
        try await elements(
            ForgeRequest(
                path: path(of: number, "iterations"),
                query: [Self.version],
                asked: "the pushes to \(asked(number))"
            )
        )
    }

    func pullRequest(_ number: Int) async throws(ForgeError) -> PullRequest {
        let call = ForgeRequest(
            path: path("pullrequests", "\(number)"),
            query: [Self.version],
            asked: asked(number)
        )
        let json = try await connection.send(call).json
        guard var request = try await self.request(in: json) else {
            throw ForgeFailure.unreadable(connection.rules, call, "it lacks a number, a head, a base or a state")
        }
        places.keep(request)
        request.reviews = json.azureReviews
        if request.base.isPublic == nil { request.base.isPublic = await isPublic() }
        return request
    }

    /// Asks both for the request that made a commit and for those that it is part of, as after a rebase.
    func merged(as commit: CommitID) async throws(ForgeError) -> PullRequest? {
        let items: JSONValue = [.string(commit.hex)]
        let call = ForgeRequest(
            .post,
            path("pullrequestquery"),
            query: [Self.version],
            body: ["queries": [["type": "lastMergeCommit", "items": items], ["type": "commit", "items": items]]],
            isRepeatable: true,
            asked: "the request that \(commit.hex) came from in \(repository)"
        )
        guard let results = try await connection.send(call).json["results"]?.elements else {
            throw ForgeFailure.unreadable(connection.rules, call, "it has no results")
        }
        for result in results.prefix(2) {
            let found = (result[commit.hex]?.elements ?? []).compactMap { $0.azureRequest(page: page) }
            guard let request = found.bringing(commit) else { continue }
            places.keep(request)
            return request
        }
        return nil
    }

    /// Asks the service who its caller is; the published description leaves this call out.
    ///
    /// Source: `GetConnectionData` in github.com/microsoft/azure-devops-go-api, azuredevops/v7/location.
    func ourselves() async throws(ForgeError) -> Person {
        if let known = memory.ourselves(at: connection.timing.now()) { return known }
        let call = ForgeRequest(
            path: ["_apis", "connectionData"],
            query: [("api-version", "7.1-preview.1")],
            asked: "the account of the credentials"
        )
        let user = try await connection.send(call).json["authenticatedUser"]
        guard let id = user?["id"]?.text, !id.isEmpty, id.utf8.count <= 255 else {
            throw ForgeFailure.unreadable(connection.rules, call, "it names no person")
        }
        let account = user?["properties"]?["Account"]?["$value"]?.text ?? user?["providerDisplayName"]?.text ?? id
        let person = Person(id: id.lowercased(), login: account.cut(to: 255))
        memory.keep(ourselves: person, at: connection.timing.now())
        return person
    }
}
