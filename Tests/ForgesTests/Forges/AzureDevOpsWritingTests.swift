import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// Threads and statuses, which Azure DevOps keeps in ways of its own.
@Suite struct AzureDevOpsWritingTests {
    private func writes(_ scene: ForgeScene) -> [ForgeCall] { scene.server.calls.filter { $0.method != "GET" } }

    @Test func `our thread has no status, so that no policy waits for it`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            scene.server.change { $0.open() }
            let id = try await scene.forge.write("### plan", on: 1, over: nil)
            _ = try await scene.forge.write("### plan 2", on: 1, over: id)
            #expect(writes(scene).count == 2)
            #expect(writes(scene).allSatisfy { $0.json?["status"] == nil })
        }
    }

    @Test func `on a request that is over our thread is closed`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            scene.server.change { $0.open() }
            let id = try await scene.forge.write("### plan", on: 1, over: nil)
            scene.server.change { $0.merge(1) }
            let commit = try #require(CommitID(scene.server.repository.requests[1]?.mergedAs ?? ""))
            _ = try await scene.forge.merged(as: commit)
            _ = try await scene.forge.write("### applied", on: 1, over: id)
            let thread = try #require(Int(id.rawValue.split(separator: "/")[0]))
            #expect(scene.server.repository.closedThreads == [thread])
            #expect(scene.server.repository.comments[thread]?.text == "### applied")
        }
    }

    @Test func `a comment that was deleted and is kept as such is not found`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            scene.server.change { $0.open() }
            let id = try await scene.forge.write("### plan", on: 1, over: nil)
            scene.server.fail(.altered { $0.set("isDeleted", to: true) })
            let error = await forgeError { _ = try await scene.forge.write("### plan 2", on: 1, over: id) }
            #expect(error?.reason == .notFound)
        }
    }

    @Test(arguments: ["", "1", "1/", "/1", "0/1", "1/0", "1/2/3", "1/-2", "a/b", "99999999999999999999/1"])
    func `what is no comment's id asks for nothing`(id: String) async throws {
        try await withForge(.azureDevOps) { scene async throws in
            let error = await forgeError {
                _ = try await scene.forge.write("text", on: 1, over: CommentID(rawValue: id))
            }
            #expect(error?.reason == .notFound)
            #expect(scene.server.calls.isEmpty)
        }
    }

    @Test func `replies are comments too, and what was deleted is none`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            let id = scene.server.change { repository in
                repository.open()
                return repository.comment(on: 1, "mitregate plan")
            }
            let comment = try #require(try await scene.forge.comments(on: 1, since: .distantPast).first)
            try await scene.forge.answer(comment, with: .refused)
            let comments = try await scene.forge.comments(on: 1, since: .distantPast)
            #expect(comments.map(\.id.rawValue) == ["\(id)/1", "\(id)/2"])
            #expect(comments.last?.author.login == "mitregate")
            scene.server.fail(
                .altered { reply in
                    let threads = reply.json?["value"]?.elements ?? []
                    reply.set("value", to: .array(threads.map { $0.replacing("isDeleted", with: true) }))
                }
            )
            #expect(try await scene.forge.comments(on: 1, since: .distantPast).isEmpty)
        }
    }

    @Test func `a like says that a command was seen and done`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            let id = scene.server.change { repository in
                repository.open()
                return repository.comment(on: 1, "mitregate plan")
            }
            let comment = try #require(try await scene.forge.comments(on: 1, since: .distantPast).first)
            try await scene.forge.answer(comment, with: .seen)
            #expect(scene.server.repository.comments[id]?.reactions["like"] == [1])
            #expect(scene.server.repository.comments.count == 1)
        }
    }

    @Test func `a status goes on the push that brought the head`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            scene.server.change { $0.open() }
            let first = try await scene.forge.pullRequest(1)
            scene.server.change { $0.push(to: 1) }
            let second = try await scene.forge.pullRequest(1)
            scene.server.forgetCalls()
            for request in [first, second, second] {
                try await scene.forge.set(
                    .init(context: "mitregate/gate: contoso", state: .failure, text: "held"),
                    for: request
                )
            }
            let bodies = writes(scene).compactMap(\.json)
            #expect(bodies.map { $0["iterationId"]?.integer } == [1, 2, 2])
            #expect(bodies.allSatisfy { $0["context"]?["genre"]?.text == "mitregate" })
            #expect(bodies.allSatisfy { $0["context"]?["name"]?.text == "gate: contoso" })
            #expect(bodies.allSatisfy { $0["state"]?.text == "failed" })
            #expect(scene.server.calls.count == 5)
        }
    }

    @Test func `a head that no push brought is gone`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            scene.server.change { $0.open() }
            var request = try await scene.forge.pullRequest(1)
            request.head.commit = try CommitID(seed: "never pushed")
            let status = CommitStatus(context: "mitregate/gate", state: .success, text: "ok")
            let error = await forgeError { [request] in try await scene.forge.set(status, for: request) }
            #expect(error?.reason == .commitGone)
            #expect(writes(scene).isEmpty)
        }
    }
}
