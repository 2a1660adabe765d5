import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// What credentials may do, as far as each forge tells it; asking writes nothing.
@Suite struct GrantTests {
    private static func kind(_ kind: ForgeSettings.Kind) throws -> ForgeUnderTest {
        try #require(ForgeUnderTest.all.first { $0.kind == kind })
    }

    /// What is given, statuses first, then comments.
    private func given(_ scene: ForgeScene) async throws -> [Bool?] {
        let grants = try await scene.forge.grants()
        #expect(grants.map(\.deed) == [.setStatuses, .comment])
        return grants.map(\.isGiven)
    }

    private static func isStatus(_ call: ForgeCall) -> Bool { call.path.contains("/statuses/") }
    private static func isComment(_ call: ForgeCall) -> Bool { call.path.hasSuffix("/comments") }

    @Test(arguments: ForgeUnderTest.all)
    func `credentials that suffice are found to, and nothing is written`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { $0.open() }
            let before = scene.server.repository
            // What is seen first of a comment on GitHub, the token or that the request is not there, is not known.
            #expect(try await given(scene) == [true, which.kind == .github ? nil : true])
            let after = scene.server.repository
            #expect(after.statuses.isEmpty && after.comments.isEmpty)
            #expect(after.requests.keys == before.requests.keys)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a forge that is down tells nothing`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.fail(.status(429), times: 10)
            let error = await forgeError { _ = try await scene.forge.grants() }
            #expect(error?.reason == .limited)
        }
    }

    // MARK: GitHub

    @Test(arguments: [
        ("repo, read:org", false, true, [true, true]), ("repo", false, false, [false, true]),
        ("public_repo", true, true, [true, true]), ("public_repo", false, true, [false, false]),
        ("repo:status", false, true, [true, false]), ("read:org", false, true, [false, false]),
    ])
    func `a classic token of GitHub tells its scopes`(
        scopes: String,
        isPublic: Bool,
        mayPush: Bool,
        expected: [Bool?]
    ) async throws {
        try await withForge(try Self.kind(.github)) { scene async throws in
            scene.server.change { repository in
                repository.isPublic = isPublic
                repository.people[1]?.mayWrite = mayPush
            }
            scene.server.fail(
                .altered { $0.headers.append(("x-oauth-scopes", scopes)) },
                where: { $0.path.hasSuffix("/mail-flow") }
            )
            #expect(try await given(scene) == expected)
            #expect(scene.server.calls.allSatisfy { $0.method == "GET" })
        }
    }

    @Test func `a fine-grained token of GitHub without statuses is told which permission it lacks`() async throws {
        try await withForge(try Self.kind(.github)) { scene async throws in
            let message: JSONValue = ["message": "Resource not accessible by personal access token", "status": "403"]
            let refusal = ForgeReply(403, message, headers: [("x-accepted-github-permissions", "statuses=write")])
            scene.server.fail(.reply(refusal), where: Self.isStatus)
            let grants = try await scene.forge.grants()
            #expect(grants.map(\.isGiven) == [false, nil])
            #expect(grants[0].need.contains("Commit statuses: read and write"))

            // Where it is met in use, it is named as well.
            scene.server.change { $0.open() }
            let request = try await scene.forge.pullRequest(1)
            scene.server.fail(.reply(refusal), where: Self.isStatus)
            let error = await forgeError {
                try await scene.forge.set(.init(context: "mitregate/gate", state: .success, text: "ok"), for: request)
            }
            #expect(error?.reason == .forbidden && error?.remedy.contains("statuses=write") == true)
        }
    }

    @Test(
        arguments: [
            (["statuses": "write", "pull_requests": "write"], [true, true]),
            (["statuses": "read", "pull_requests": "write"], [false, true]),
            (["pull_requests": "write"], [false, true]),
            (["statuses": "write"], [true, false]), (nil, [nil, nil]),
        ] as [(JSONValue?, [Bool?])]
    )
    func `an App tells what its installation was given`(permissions: JSONValue?, expected: [Bool?]) async throws {
        try await withForge(AppKey.forge(), credentials: AppKey.credentials) { scene async throws in
            let answer: JSONValue = permissions.map { ["id": 99, "permissions": $0] } ?? ["id": 99]
            scene.server.fail(.reply(ForgeReply(200, answer)), where: { $0.path.hasSuffix("/installation") })
            #expect(try await given(scene) == expected)
            // As the App itself, which needs no token of the installation for it.
            #expect(scene.server.calls.map(\.path) == ["/repos/contoso/mail-flow/installation"])
        }
    }

    // MARK: GitLab

    @Test func `a token of GitLab that may only read is told the scope that it lacks`() async throws {
        try await withForge(.gitLab) { scene async throws in
            let body: JSONValue = [
                "error": "insufficient_scope", "scope": "api",
                "error_description": "The request requires higher privileges than provided by the access token.",
            ]
            scene.server.fail(.reply(ForgeReply(403, body)), times: 2, where: Self.isStatus)
            let grants = try await scene.forge.grants()
            #expect(grants.map(\.isGiven) == [false, false])
            #expect(grants.allSatisfy { $0.need.contains("scope `api`") })
            scene.server.change { $0.open() }
            let request = try await scene.forge.pullRequest(1)
            let error = await forgeError {
                try await scene.forge.set(.init(context: "mitregate/gate", state: .success, text: "ok"), for: request)
            }
            #expect(error?.remedy == "Make a token with the scope api for `forge.credentials`.")
        }
    }

    @Test func `an account of GitLab of too small a role is told the role`() async throws {
        try await withForge(.gitLab) { scene async throws in
            scene.server.change { $0.people[1]?.mayWrite = false }
            let grants = try await scene.forge.grants()
            #expect(grants.map(\.isGiven) == [false, nil])
            #expect(grants[0].need == "the role Developer")
        }
    }

    // MARK: Gitea, Forgejo

    @Test(arguments: [ForgeSettings.Kind.gitea, .forgejo])
    func `a token of Gitea and Forgejo is told the scope that it lacks`(kind: ForgeSettings.Kind) async throws {
        try await withForge(try Self.kind(kind)) { scene async throws in
            let body: JSONValue = [
                "message":
                    "token does not have at least one of required scope(s): [write:repository]"
            ]
            scene.server.fail(.reply(ForgeReply(403, body)), where: Self.isStatus)
            let first = try await scene.forge.grants()
            #expect(first.map(\.isGiven) == [false, true])
            #expect(first[0].need.contains("`write:repository`"))
            scene.server.fail(.reply(ForgeReply(403, body)), where: Self.isComment)
            let second = try await scene.forge.grants()
            #expect(second.map(\.isGiven) == [true, false])
            #expect(second[1].need.contains("`write:issue`"))
            // A proxy's word tells nothing of it.
            scene.server.fail(.status(502), where: Self.isStatus)
            #expect(try await given(scene) == [nil, true])
        }
    }

    // MARK: Azure DevOps

    @Test func `an account of Azure DevOps is told the permission that it lacks, where it may ask`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            scene.server.change { $0.people[1]?.mayWrite = false }
            let grants = try await scene.forge.grants()
            #expect(grants.map(\.isGiven) == [false, false])
            #expect(grants[0].need.contains("Contribute to pull requests"))
            let call = try #require(scene.server.calls.last?.json?["evaluations"]?.elements?.first)
            #expect(call["permissions"] == 16_384)
            #expect(call["token"]?.text?.hasPrefix("repoV2/") == true)

            scene.server.fail(.status(403), where: { $0.path.contains("permissionevaluationbatch") })
            #expect(try await given(scene) == [nil, nil])
        }
    }
}
