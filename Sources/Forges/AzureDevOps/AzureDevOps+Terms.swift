import FoundationEssentials
import JSON

extension AzureDevOps {
    /// The policy that a status of a given genre and name must have succeeded.
    ///
    /// Source: learn.microsoft.com/azure/devops/repos/git/pr-status-policy.
    private static let statusPolicy = "cbdc66da-9728-4af8-aada-9a5a32e4a226"

    /// Asks for the project's policies on statuses, and for the repository.
    func terms(of branch: String, requiring context: String) async throws(ForgeError) -> ForgeTerms {
        let home = ForgeRequest(path: path(), query: [Self.version], asked: "the repository \(repository)")
        let answer = try await connection.ask(home)
        let request = ForgeRequest(
            path: [project, "_apis", "policy", "configurations"],
            query: [("policyType", Self.statusPolicy), Self.version],
            asked: "the branch policies of \(project)"
        )
        let policies = try await connection.ask(request)
        let ref = "refs/heads/\(branch)"
        let words = policies?.json["value"]?.elements.map { all in
            all.map { asks(for: context, on: ref, in: answer?.json["id"]?.text, $0) }
        }
        return ForgeTerms(
            allowance: (policies ?? answer).flatMap { ForgeTerms.Allowance($0.headers) },
            isRequired: words.flatMap { $0.anyTrue },
            isPublic: answer?.json["project"]?.azureVisibility
        )
    }

    /// `nil` where the policy's scope is not one that can be compared.
    private func asks(for context: String, on ref: String, in repository: String?, _ policy: JSONValue) -> Bool? {
        let settings = policy["settings"]
        guard policy["isEnabled"]?.flag == true, policy["isBlocking"]?.flag == true,
            policy["isDeleted"]?.flag != true, settings?["statusGenre"]?.text == Self.genre,
            settings?["statusName"]?.text == Self.name(of: context)
        else { return false }
        let scopes = settings?["scope"]?.elements ?? []
        if scopes.isEmpty { return true }
        let words = scopes.map { scope -> Bool? in
            if let id = scope["repositoryId"]?.text, let repository, id.lowercased() != repository.lowercased() {
                return false
            }
            guard let name = scope["refName"]?.text else {
                return scope["matchKind"]?.text?.lowercased() == "defaultbranch" ? nil : true
            }
            return scope["matchKind"]?.text?.lowercased() == "prefix" ? ref.hasPrefix(name) : ref == name
        }
        return words.anyTrue
    }

    /// Whether anyone may read the project, as of the last hour, for requests that do not tell it themselves.
    func isPublic() async -> Bool? {
        if let known = places.isPublic(at: connection.timing.now()) { return known }
        let home = ForgeRequest(path: path(), query: [Self.version], asked: "the repository \(repository)")
        guard let answer = try? await connection.send(home), let isPublic = answer.json["project"]?.azureVisibility
        else { return nil }
        places.keep(isPublic: isPublic, at: connection.timing.now())
        return isPublic
    }
}

extension [Bool?] {
    /// Whether one of them is so; not known where none is and one may be.
    fileprivate var anyTrue: Bool? {
        if contains(where: { $0 == true }) { return true }
        return contains { $0 == nil } ? nil : false
    }
}

extension JSONValue {
    /// Of a project; one of an organization's own is read by no stranger.
    var azureVisibility: Bool? {
        switch self["visibility"]?.text {
        case "public": true
        case "private", "organization": false
        default: nil
        }
    }
}
