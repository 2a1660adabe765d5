import FoundationEssentials
import JSON

extension GitHub {
    /// Asks for the limit, which costs nothing of it, for the repository and for the rules of the branch.
    ///
    /// The rules of a branch are those of rulesets; the older branch protection only an administrator may read, so a
    /// status that no ruleset asks for is not known to be required or not.
    /// Source: docs.github.com/rest/rate-limit, rest/repos/rules, "Get rules for a branch".
    func terms(of branch: String, requiring context: String) async throws(ForgeError) -> ForgeTerms {
        let limit = ForgeRequest(path: ["rate_limit"], asked: "what is left of the limit")
        let rate = try await connection.ask(limit)?.json["resources"]?["core"]
        let rules = ForgeRequest(
            path: repository.path("rules", "branches", branch),
            query: [pageSize],
            asked: "the rules of \(branch) in \(repository)"
        )
        let all = try await connection.ask(rules)?.json.elements ?? []
        let isRequired = all.contains { rule in
            guard rule["type"]?.text == "required_status_checks" else { return false }
            let checks = rule["parameters"]?["required_status_checks"]?.elements ?? []
            return checks.contains { $0["context"]?.text == context }
        }
        return ForgeTerms(
            allowance: rate.flatMap { rate in
                guard let remaining = rate["remaining"]?.integer, let limit = rate["limit"]?.integer else { return nil }
                let resets = rate["reset"]?.integer.map { Date(timeIntervalSince1970: TimeInterval($0)) }
                return ForgeTerms.Allowance(remaining: remaining, limit: limit, resetsAt: resets)
            },
            isRequired: isRequired ? true : nil,
            isPublic: try await isPublic()
        )
    }
}

extension GitHubShaped {
    /// Whether anyone may read the repository, as it tells itself.
    func isPublic() async throws(ForgeError) -> Bool? {
        let request = ForgeRequest(path: repository.path(), asked: "the repository \(repository)")
        return try await connection.ask(request)?.json["private"]?.flag.map { !$0 }
    }
}
