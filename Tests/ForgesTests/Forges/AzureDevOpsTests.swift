import ForgeSimulator
import Forges
import Foundation
import JSON
import Synchronization
import Testing

/// What only Azure DevOps does.
@Suite struct AzureDevOpsTests {
    private static let azure = ForgeUnderTest.azureDevOps

    @Test func `a person's token is the password of an empty user name`() async throws {
        try await withForge(Self.azure) { scene async throws in
            _ = try await scene.forge.ourselves()
            let basic = Data(":good-token".utf8).base64EncodedString()
            #expect(scene.server.calls.first?.header("Authorization") == "Basic \(basic)")
        }
    }

    @Test func `one of Entra's is a bearer's`() async throws {
        try await withForge(Self.azure, credentials: .bearer { _ in "good-token" }) { scene async throws in
            _ = try await scene.forge.ourselves()
            #expect(scene.server.calls.first?.header("Authorization") == "Bearer good-token")
        }
    }

    @Test(arguments: [203, 302, 401])
    func `a page to sign in on means that the token is refused`(status: Int) async throws {
        try await withForge(Self.azure) { scene async throws in
            scene.server.fail(.reply(ForgeReply(status, "<html>Sign in</html>")))
            let error = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            #expect(error?.reason == .unauthorized)
            #expect(error?.remedy.contains("forge.credentials") == true)
        }
    }

    @Test func `a token of Entra's that has ended is made again`() async throws {
        let refused = Mutex<[String?]>([])
        let credentials = ForgeSettings.Credentials.bearer { old in
            refused.withLock { $0.append(old) }
            return old == nil ? "ended" : "good-token"
        }
        try await withForge(Self.azure, credentials: credentials) { scene async throws in
            scene.server.fail(.reply(ForgeReply(203, "<html>Sign in</html>")))
            _ = try await scene.forge.ourselves()
            #expect(refused.withLock { $0 } == [nil, "ended"])
        }
    }

    @Test(arguments: [(0, [0]), (99, [0]), (100, [0, 100]), (230, [0, 100, 200])])
    func `pages are asked for until one is short`(count: Int, skips: [Int]) async throws {
        try await withForge(Self.azure) { scene async throws in
            scene.server.change { repository in
                for number in 0..<count { repository.open(head: "branch-\(number)") }
            }
            #expect(try await scene.forge.open(into: "main", since: nil).count == count)
            #expect(scene.server.calls.compactMap { $0.query("$skip").flatMap { Int($0) } } == skips)
        }
    }

    @Test func `a list without end is left at a thousand`() async throws {
        try await withForge(Self.azure) { scene async throws in
            scene.server.change { repository in
                for number in 1...100 { repository.open(head: "branch-\(number)") }
            }
            let whole = try await self.whole(scene)
            scene.server.forgetCalls()
            scene.server.fail(.reply(ForgeReply(200, whole)), times: 1_000)
            #expect(try await scene.forge.open(into: "main", since: nil).count == 100)
            #expect(scene.server.calls.count == 10)
        }
    }

    /// A page of a hundred requests, as the server gives it.
    private func whole(_ scene: ForgeScene) async throws -> JSONValue {
        let page = Mutex<JSONValue?>(nil)
        scene.server.fail(.altered { reply in page.withLock { $0 = reply.json } })
        _ = try await scene.forge.open(into: "main", since: nil)
        return try #require(page.withLock { $0 })
    }

    @Test func `a request that was just opened has the head of its last push`() async throws {
        try await withForge(Self.azure) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.push(to: 1)
            }
            let head = scene.server.repository.requests[1]?.commit
            scene.server.fail(
                .altered { reply in
                    let first = reply.json?["value"]?.elements?.first?.replacing("lastMergeSourceCommit", with: [:])
                    reply.set("value", to: [first ?? .null])
                }
            )
            #expect(try await scene.forge.open(into: "main", since: nil).map(\.head.commit.hex) == [head])
            scene.server.fail(.altered { $0.set("lastMergeSourceCommit", to: .null) })
            #expect(try await scene.forge.pullRequest(1).head.commit.hex == head)
        }
    }

    private static let votes: [(Int, Review.Verdict?)] = [
        (10, .approved), (5, .approved), (0, nil), (-5, .changesRequested), (-10, .changesRequested),
    ]

    @Test(arguments: votes)
    func `a vote is a verdict, and none where it was taken back`(vote: Int, verdict: Review.Verdict?) async throws {
        try await withForge(Self.azure) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.review(1, .approved)
            }
            scene.server.fail(
                .altered { reply in
                    let first = reply.json?["reviewers"]?.elements?.first
                    reply.set("reviewers", to: [first?.replacing("vote", with: .number("\(vote)")) ?? .null])
                }
            )
            #expect(try await scene.forge.pullRequest(1).reviews.map(\.verdict) == (verdict.map { [$0] } ?? []))
        }
    }

    @Test func `a commit that a rebase brought leads back as well`() async throws {
        try await withForge(Self.azure) { scene async throws in
            scene.server.change { $0.merge($0.open()) }
            let head = try #require(CommitID(scene.server.repository.requests[1]?.commit ?? ""))
            #expect(try await scene.forge.merged(as: head)?.number == 1)
            #expect(scene.server.calls.count == 1)
        }
    }

    @Test func `an open request with the commit did not bring it`() async throws {
        try await withForge(Self.azure) { scene async throws in
            scene.server.change { $0.open() }
            let head = try await scene.forge.pullRequest(1).head.commit
            #expect(try await scene.forge.merged(as: head) == nil)
        }
    }

    @Test func `names are escaped`() async throws {
        var spaced = Self.azure
        spaced.repository = "Contoso Mail/mail flow"
        try await withForge(spaced) { scene async throws in
            scene.server.change { repository in
                (repository.owner, repository.name) = ("Contoso Mail", "mail flow")
                repository.open()
            }
            let page = try await scene.forge.pullRequest(1).page
            #expect(page == "\(scene.server.url)/Contoso%20Mail/_git/mail%20flow/pullrequest/1")
        }
    }

    @Test func `a description that is too long is refused by the service`() async throws {
        try await withForge(Self.azure) { scene async throws in
            scene.server.change { $0.branches["drift"] = PretendedRepository.commit("drift") }
            let text = String(repeating: "ä", count: scene.forge.limits.description)
            let long = Proposal(head: "drift", base: "main", title: "x", description: text + "ä")
            let error = await forgeError { _ = try await scene.forge.propose(long) }
            #expect(error?.reason == .invalid)
            let fitting = Proposal(head: "drift", base: "main", title: "x", description: text)
            #expect(try await scene.forge.propose(fitting) == 1)
        }
    }

    @Test func `a merged request is none to close`() async throws {
        try await withForge(Self.azure) { scene async throws in
            scene.server.change { $0.merge($0.open()) }
            try await scene.forge.close(1)
            guard case .merged = try await scene.forge.pullRequest(1).state else { return #expect(Bool(false)) }
        }
    }

    @Test(arguments: [
        ("svc.Ab1", true), ("aadsp.Ab1", true), ("s2s.Ab1", true), ("aad.Ab1", false), ("msa.svc.1", false),
        ("", false),
    ])
    func `an account of the service is known by its descriptor`(descriptor: String, isBot: Bool) async throws {
        try await withForge(Self.azure) { scene async throws in
            scene.server.change { $0.open() }
            scene.server.fail(
                .altered { reply in
                    let author = reply.json?["createdBy"]?.replacing("descriptor", with: .string(descriptor))
                    reply.set("createdBy", to: author ?? .null)
                }
            )
            #expect(try await scene.forge.pullRequest(1).author.isBot == isBot)
        }
    }
}
