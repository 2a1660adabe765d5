import ForgeSimulator
import Forges
import Foundation
import Testing

/// What only Gitea and Forgejo do.
@Suite struct GiteaTests {
    private static let old = ForgeUnderTest(kind: .gitea, dialect: GiteaDialect(version: .old))
    private static let new = ForgeUnderTest(kind: .gitea, dialect: GiteaDialect(version: .new))

    @Test(arguments: [
        ("WIP: second", true), ("wip: second", true), ("[WIP] second", true), ("[wip]second", true),
        ("Wipe the list", false), ("second WIP: no", false), ("", false),
    ])
    func `a title says that a request is a draft where no field does`(title: String, isDraft: Bool) async throws {
        try await withForge(Self.old) { scene async throws in
            scene.server.change { $0.open(title) }
            #expect(try await scene.forge.pullRequest(1).isDraft == isDraft)
        }
    }

    @Test func `an approval that the forge calls stale is none`() async throws {
        try await withForge(Self.new) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.review(1, .approved)
            }
            #expect(try await scene.forge.pullRequest(1).reviews.map(\.verdict) == [.approved])
            scene.server.change { $0.push(to: 1) }
            #expect(try await scene.forge.pullRequest(1).reviews.map(\.verdict) == [.dismissed])
        }
    }

    @Test func `on an old server the way back from a commit is a bounded search`() async throws {
        try await withForge(Self.old) { scene in
            scene.server.change { repository in
                for number in 1...300 { repository.merge(repository.open(head: "branch-\(number)")) }
            }
            let recent = try #require(CommitID(scene.server.repository.requests[290]?.mergedAs ?? ""))
            #expect(try await scene.forge.merged(as: recent)?.number == 290)
            #expect(scene.server.calls.count == 2)
            scene.server.forgetCalls()
            let longAgo = try #require(CommitID(scene.server.repository.requests[1]?.mergedAs ?? ""))
            #expect(try await scene.forge.merged(as: longAgo) == nil)
            #expect(scene.server.calls.count == 5)
        }
    }

    @Test func `a status that the server cannot set for now is not a commit that is gone`() async throws {
        try await withForge(Self.new, isJudged: false) { scene in
            scene.server.change { $0.open() }
            let request = try await scene.forge.pullRequest(1)
            scene.server.fail(.status(500)) { $0.method == "POST" }
            let error = await forgeError {
                try await scene.forge.set(.init(context: "mitregate/gate", state: .success, text: "ok"), for: request)
            }
            #expect(error?.reason == .unavailable)
        }
    }

    @Test func `all comments come at once, and nothing asks for pages`() async throws {
        try await withForge(Self.new) { scene async throws in
            scene.server.change { repository in
                repository.open()
                for number in 1...120 { repository.comment(on: 1, "comment \(number)") }
            }
            #expect(try await scene.forge.comments(on: 1, since: .distantPast).count == 120)
            #expect(scene.server.calls.map { $0.query.map(\.name) } == [["since"]])
        }
    }

    @Test func `the comment of another is not ours to replace`() async throws {
        try await withForge(Self.new) { scene in
            let id = scene.server.change { repository in
                repository.open()
                return repository.comment(on: 1, by: 3, "mitregate plan")
            }
            let error = await forgeError {
                _ = try await scene.forge.write("ours", on: 1, over: CommentID(rawValue: "\(id)"))
            }
            #expect(error?.reason == .forbidden)
        }
    }

    @Test func `the token is sent as Gitea wants it`() async throws {
        try await withForge(Self.new) { scene in
            _ = try await scene.forge.ourselves()
            #expect(scene.server.calls.first?.header("Authorization") == "token good-token")
        }
    }

    @Test func `a name that went to another person gives them nothing`() async throws {
        try await withForge(Self.new) { scene async throws in
            #expect(try await scene.forge.mayWrite(Person(id: "3", login: "reviewer")))
            #expect(try await !scene.forge.mayWrite(Person(id: "33", login: "reviewer")))
        }
    }
}
