import JSON
import Transfers

extension AzureDevOps {
    /// The permissions of Git repositories, and the one to push.
    ///
    /// Source: learn.microsoft.com/azure/devops/organizations/security/namespace-reference, "Git Repositories".
    private static let namespace = "2e9eb7ed-3c0a-47d4-87c1-0ffdda275fd2"
    private static let genericContribute = 4
    private static let pullRequestContribute = 16_384

    /// Whether a person may push to the repository, all groups counted; reading that needs a right of its own.
    func mayWrite(_ person: Person) async throws(ForgeError) -> Bool {
        guard person != .deletedAccount else { return false }
        let place = try await place()
        let descriptor = try await descriptor(of: person)
        let call = ForgeRequest(
            path: ["_apis", "accesscontrollists", Self.namespace],
            query: [
                ("token", "repoV2/\(place.project)/\(place.repository)"), ("descriptors", descriptor),
                ("includeExtendedInfo", "true"), Self.version,
            ],
            asked: "the rights of \(person.login) in \(repository)"
        )
        for list in try await elements(call) {
            guard let effective = list["acesDictionary"]?[descriptor]?["extendedInfo"] else { continue }
            let allowed = effective["effectiveAllow"]?.integer ?? 0
            let denied = effective["effectiveDeny"]?.integer ?? 0
            return allowed & Self.genericContribute != 0 && denied & Self.genericContribute == 0
        }
        throw ForgeFailure.unreadable(connection.rules, call, "it does not tell what counts for this person")
    }

    /// What counts for the account; the scopes that a personal access token was made with are not told.
    ///
    /// Source: learn.microsoft.com/rest/api/azure/devops/security/permissions.
    func grants() async throws(ForgeError) -> [ForgeGrant] {
        let place = try await place()
        let call = ForgeRequest(
            .post,
            ["_apis", "security", "permissionevaluationbatch"],
            query: [Self.version],
            body: [
                "alwaysAllowAdministrators": false,
                "evaluations": [
                    [
                        "securityNamespaceId": .string(Self.namespace),
                        "token": .string("repoV2/\(place.project)/\(place.repository)"),
                        "permissions": .number("\(Self.pullRequestContribute)"),
                    ]
                ],
            ],
            isRepeatable: true,
            asked: "our own rights in \(repository)"
        )
        let first = try await connection.ask(call)?.json["evaluations"]?.elements?.first
        let isGiven = first?["permissions"]?.integer == Self.pullRequestContribute ? first?["value"]?.flag : nil
        return [
            ForgeGrant(
                .setStatuses,
                isGiven: isGiven,
                need: "the permission \"Contribute to pull requests\", and of a token the scope \"Code: status\""
            ),
            ForgeGrant(
                .comment,
                isGiven: isGiven,
                need: "the permission \"Contribute to pull requests\", and of a token the scope \"Code: read & write\""
            ),
        ]
    }

    /// The name that permissions are kept under, which is neither a person's id nor what they sign in as.
    private func descriptor(of person: Person) async throws(ForgeError) -> String {
        let call = ForgeRequest(
            path: ["_apis", "identities"],
            query: [("identityIds", person.id), Self.version],
            asked: "the identity of \(person.login)"
        )
        let found = try await elements(call).first { $0["id"]?.text?.lowercased() == person.id }
        guard let descriptor = found?["descriptor"]?.azureDescriptor else {
            throw ForgeFailure.unreadable(connection.rules, call, "it does not know this person")
        }
        return descriptor
    }

    private func place() async throws(ForgeError) -> AzureDevOpsMemory.Place {
        if let place = places.place { return place }
        let call = ForgeRequest(path: path(), query: [Self.version], asked: "the repository \(repository)")
        let json = try await connection.send(call).json
        guard let repository = json["id"]?.text, let project = json["project"]?["id"]?.text else {
            throw ForgeFailure.unreadable(connection.rules, call, "the repository has no id")
        }
        let place = AzureDevOpsMemory.Place(project: project, repository: repository)
        places.keep(place)
        return place
    }
}

extension JSONValue {
    /// `TYPE;IDENTIFIER`, which the description shows as an object and the service sends as text.
    fileprivate var azureDescriptor: String? {
        if let text { return text.isEmpty || text.utf8.count > 1_024 ? nil : text }
        guard let type = self["identityType"]?.text, let identifier = self["identifier"]?.text else { return nil }
        return "\(type);\(identifier)"
    }
}
