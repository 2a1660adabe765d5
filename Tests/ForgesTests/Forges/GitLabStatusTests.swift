import ForgeSimulator
import Forges
import Foundation
import JSON
import TestSupport
import Testing

/// Statuses on GitLab, which are jobs of pipelines and want to be handled so.
@Suite struct GitLabStatusTests {
    private static let gitLab = ForgeUnderTest.gitLab
    private static let contexts = ["mitregate/validate", "mitregate/plan", "mitregate/gate"]

    private func statusCalls(_ scene: ForgeScene) -> [JSONValue] {
        scene.server.calls.filter { $0.path.contains("/statuses/") }.compactMap(\.json)
    }

    private func set(_ state: CommitStatus.State, _ scene: ForgeScene, _ request: PullRequest) async throws {
        try await scene.forge.set(.init(context: "mitregate/gate", state: state, text: "ok"), for: request)
    }

    @Test func `nothing is ever running`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { $0.open() }
            let request = try await scene.forge.pullRequest(1)
            for state in CommitStatus.State.allCases { try await set(state, scene, request) }
            #expect(statusCalls(scene).map { $0["state"]?.text } == ["pending", "success", "failed", "failed"])
        }
    }

    @Test func `a status joins the pipeline of the request's head`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.pipelines[repository.requests[1]?.commit ?? ""] = 77
            }
            let request = try await scene.forge.pullRequest(1)
            scene.server.forgetCalls()
            for context in Self.contexts {
                try await scene.forge.set(.init(context: context, state: .success, text: "ok"), for: request)
            }
            #expect(statusCalls(scene).map { $0["pipeline_id"]?.integer } == [77, 77, 77])
            #expect(statusCalls(scene).allSatisfy { $0["ref"]?.text == "refs/merge-requests/1/head" })
            #expect(scene.server.calls.count == 3)
        }
    }

    @Test func `a status on a new head joins that head's pipeline and not the former one's`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.pipelines[repository.requests[1]?.commit ?? ""] = 77
            }
            _ = try await scene.forge.pullRequest(1)
            scene.server.change { repository in
                repository.push(to: 1)
                repository.pipelines[repository.requests[1]?.commit ?? ""] = 78
            }
            let moved = try #require(try await scene.forge.open(into: "main", since: nil).first)
            try await set(.success, scene, moved)
            #expect(statusCalls(scene).map { $0["pipeline_id"]?.integer } == [78])
        }
    }

    @Test func `without a pipeline the branch is given, and a minute later the pipeline is looked for`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { $0.open(head: "partners/bank") }
            let request = try await scene.forge.pullRequest(1)
            scene.server.forgetCalls()
            scene.server.change { $0.pipelines[request.head.commit.hex] = 77 }
            try await set(.pending, scene, request)
            scene.server.change { $0.now += 60 }
            try await set(.success, scene, request)
            try await set(.success, scene, request)
            #expect(statusCalls(scene).map { $0["pipeline_id"]?.integer } == [nil, 77, 77])
            #expect(statusCalls(scene).first?["ref"]?.text == "partners/bank")
            #expect(scene.server.calls.count == 4)
        }
    }

    private static let elsewhere: [(String, JSONValue)] = [
        ("sha", .string(PretendedRepository.commit("the merge result"))), ("project_id", 4_581),
    ]

    @Test(arguments: elsewhere)
    func `a pipeline on another commit or in a fork takes no status of ours`(
        member: String,
        value: JSONValue
    ) async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.pipelines[repository.requests[1]?.commit ?? ""] = 77
            }
            scene.server.fail(
                .altered { reply in
                    let pipeline = reply.json?["head_pipeline"]?.replacing(member, with: value)
                    reply.set("head_pipeline", to: pipeline ?? .null)
                }
            )
            let request = try await scene.forge.pullRequest(1)
            try await set(.success, scene, request)
            #expect(statusCalls(scene).map { $0["pipeline_id"]?.integer } == [nil])
        }
    }

    @Test func `a state that cannot follow another is told`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { $0.open() }
            let request = try await scene.forge.pullRequest(1)
            let message = "Cannot transition status via :enqueue from :running"
            scene.server.fail(.reply(ForgeReply(400, ["message": .string(message)])))
            let error = await forgeError { try await set(.pending, scene, request) }
            #expect(error?.reason == .invalid)
        }
    }

    @Test func `two at once are told one after the other`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { $0.open() }
            let request = try await scene.forge.pullRequest(1)
            scene.server.fail(.status(409), times: 2)
            try await set(.success, scene, request)
            #expect(scene.server.repository.statuses[request.head.commit.hex]?.last?.state == "success")
            #expect(scene.clock.sleeps == [.milliseconds(500), .seconds(1)])
        }
    }

    @Test func `a conflict that stays is given up`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { $0.open() }
            let request = try await scene.forge.pullRequest(1)
            scene.server.forgetCalls()
            scene.server.fail(.status(409), times: 100)
            let error = await forgeError { try await set(.success, scene, request) }
            #expect(error?.reason == .conflict)
            #expect(scene.server.calls.count == 4)
        }
    }
}
