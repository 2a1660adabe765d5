import ForgeSimulator
import Forges
import Foundation
import JSON
import TestSupport
import Testing

/// Where forges keep what their merge queues test, and how GitLab's trains take a status.
@Suite struct MergeQueueTests {
    private static let train = PretendedRepository.commit("the train")

    @Test(
        arguments: [
            (MergeQueue.branches(below: "refs/heads/q/main/"), "refs/heads/q/main/pr-7-abc", 7),
            (.branches(below: "refs/heads/q/main/"), "refs/heads/q/other/pr-7-abc", nil),
            (.branches(below: "refs/heads/q/main/"), "refs/heads/q/main/pr-0-abc", nil),
            (.branches(below: "refs/heads/q/main/"), "refs/heads/q/main/pr-7", nil),
            (.trains, "refs/merge-requests/12/train", 12), (.trains, "refs/merge-requests/12/head", nil),
            (.trains, "refs/merge-requests/-1/train", nil), (.trains, "refs/merge-requests/1/2/train", nil),
        ] as [(MergeQueue, String, Int?)]
    )
    func `a reference tells the request`(queue: MergeQueue, reference: String, number: Int?) {
        #expect(queue.request(of: reference) == number)
    }

    @Test(arguments: ForgeUnderTest.all)
    func `each forge says whether it has a queue, without a call of its own`(forge: ForgeUnderTest) async throws {
        try await withForge(forge) { scene async throws in
            _ = try await scene.forge.open(into: "main", since: nil)
            scene.server.forgetCalls()
            let queue = try await scene.forge.queue(into: "main")
            #expect(queue == (forge.kind == .github ? .branches(below: "refs/heads/gh-readonly-queue/main/") : nil))
            #expect(scene.server.calls.isEmpty)
        }
    }

    @Test(arguments: ["true" as JSONValue, true, "false", false, .null])
    func `a GitLab project has trains where it says so, as text or as a flag`(value: JSONValue) async throws {
        try await withForge(.gitLab, isJudged: false) { scene async throws in
            scene.server.change { $0.hasTrains = true }
            scene.server.fail(.altered { $0.set("merge_trains_enabled", to: value) })
            let hasTrains = value == "true" || value == true
            #expect(try await scene.forge.queue(into: "main") == (hasTrains ? .trains : nil))
        }
    }

    /// A request that waits in a train, with what stands in the place of its head.
    private func waiting(_ scene: ForgeScene) async throws -> PullRequest {
        scene.server.change { repository in
            repository.hasTrains = true
            repository.open()
            repository.commits.insert(Self.train)
            repository.trains[1] = Self.train
        }
        var request = try await scene.forge.pullRequest(1)
        request.head.commit = try #require(CommitID(Self.train))
        request.ref = MergeQueue.train(of: 1)
        scene.server.forgetCalls()
        return request
    }

    @Test func `three statuses join the train's pipeline, after one question`() async throws {
        try await withForge(.gitLab) { scene async throws in
            let request = try await waiting(scene)
            #expect(try await scene.forge.isTesting(request) == false, "its pipeline has not begun")
            scene.server.change { $0.pipelines[Self.train] = 78 }
            scene.server.forgetCalls()
            #expect(try await scene.forge.isTesting(request))
            for context in ["mitregate/validate", "mitregate/plan", "mitregate/gate"] {
                try await scene.forge.set(.init(context: context, state: .success, text: "ok"), for: request)
            }
            let calls = scene.server.calls
            #expect(calls.count == 4)
            let bodies = calls.dropFirst().compactMap(\.json)
            #expect(bodies.map { $0["pipeline_id"]?.integer } == [78, 78, 78])
            #expect(bodies.allSatisfy { $0["ref"]?.text == "refs/merge-requests/1/train" })
            #expect(scene.server.repository.statuses[Self.train]?.count == 3)
            // The request's own head keeps its own pipeline.
            #expect(scene.server.repository.statuses[scene.server.repository.requests[1]?.commit ?? ""] == nil)
        }
    }

    @Test(arguments: ["success", "failed", "canceled", "skipped"])
    func `a train whose pipeline has ended takes none`(word: String) async throws {
        try await withForge(.gitLab) { scene async throws in
            let request = try await waiting(scene)
            scene.server.change { $0.pipelines[Self.train] = 78 }
            scene.server.fail(
                .altered { reply in
                    let pipeline = reply.json?["head_pipeline"]?.replacing("status", with: .string(word))
                    reply.set("head_pipeline", to: pipeline ?? .null)
                }
            )
            #expect(try await scene.forge.isTesting(request) == false)
        }
    }

    @Test func `a status never begins a pipeline where the train has given the commit up`() async throws {
        try await withForge(.gitLab) { scene async throws in
            let request = try await waiting(scene)
            let error = await forgeError {
                try await scene.forge.set(.init(context: "mitregate/gate", state: .success, text: "ok"), for: request)
            }
            #expect(error?.reason == .commitGone)
            #expect(scene.server.calls.allSatisfy { $0.method == "GET" })
        }
    }
}
