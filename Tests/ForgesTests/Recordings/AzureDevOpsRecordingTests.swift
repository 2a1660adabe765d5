import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// Every recorded answer of Azure DevOps that we could be given is read for what it says.
@Suite(.enabled(if: Recording.areAtHand, "other tests run it on facts restated; FORGE_FACTS names recordings"))
struct AzureDevOpsRecordingTests {
    /// By the folder of Microsoft's examples: what no call of ours asks for.
    private static let unasked = [
        "pullRequestIterationChanges", "pullRequestReviewers", "statuses/", "subscriptions", "configurations",
        "permissionEvaluationBatch", "pullRequestStatuses/GET", "pullRequestThreadComments/DELETE",
    ]

    private static let asked = Recording.exchanges("azure-devops").filter { exchange in
        !unasked.contains { exchange.title.hasPrefix($0) }
    }

    @Test(arguments: asked)
    func `Azure DevOps' answers are read whole`(exchange: Exchange) async throws {
        try await withForge(.azureDevOps, isJudged: false) { scene async throws in
            let json = try #require(exchange.reply.json)
            scene.server.change { repository in
                repository.open()
                repository.branches["mitregate/drift"] = PretendedRepository.commit("drift")
            }
            let folder = exchange.title.split(separator: "/")[0]
            switch (exchange.call.method, folder, json["value"] != nil) {
            case ("GET", "pullRequests", true):
                try await list(exchange, json, scene)
            case ("GET", "pullRequests", false):
                scene.server.fail(.reply(exchange.reply))
                expect(try await scene.forge.pullRequest(22), json)
            case ("PATCH", "pullRequests", _):
                scene.server.fail(.reply(exchange.reply))
                try await scene.forge.close(22)
            case ("POST", "pullRequests", _):
                scene.server.fail(.reply(exchange.reply))
                let proposal = Proposal(head: "x", base: "main", title: "y", description: "z")
                #expect(try await scene.forge.propose(proposal) == json["pullRequestId"]?.integer)
            case ("GET", "pullRequestThreads", _):
                try await threads(exchange, json, scene)
            case ("POST", "pullRequestThreads", _):
                scene.server.fail(.reply(exchange.reply))
                let id = try await scene.forge.write("text", on: 22, over: nil)
                #expect(id.rawValue == "\(json["id"]?.integer ?? 0)/1")
            case ("POST", "pullRequestThreadComments", _):
                let comment = Comment(
                    id: CommentID(rawValue: "148/1"),
                    number: 22,
                    author: Person(id: "1", login: "x"),
                    text: "",
                    created: .distantPast,
                    updated: .distantPast
                )
                scene.server.fail(.reply(exchange.reply))
                try await scene.forge.answer(comment, with: .refused)
            case ("POST", "pullRequestStatuses", _):
                let request = try await scene.forge.pullRequest(1)
                scene.server.fail(.reply(exchange.reply)) { $0.path.hasSuffix("/statuses") }
                try await scene.forge.set(.init(context: "mitregate/gate", state: .success, text: "ok"), for: request)
            case ("GET", "accessControlLists", _):
                try await permissions(exchange, json, scene)
            default: Issue.record("nothing asks for this")
            }
        }
    }

    private func list(_ exchange: Exchange, _ json: JSONValue, _ scene: ForgeScene) async throws {
        let elements = json["value"]?.elements ?? []
        let branches = Set(elements.compactMap { $0["targetRefName"]?.text?.dropFirst("refs/heads/".count) })
        var found: [PullRequest] = []
        for branch in branches {
            scene.server.fail(.reply(exchange.reply))
            found += try await scene.forge.open(into: String(branch), since: nil)
        }
        #expect(found.count == elements.count)
        for request in found {
            let json = try #require(elements.first { $0["pullRequestId"]?.integer == request.number })
            #expect(request.reviews.isEmpty)
            expect(request, json.replacing("reviewers", with: []))
        }
    }

    private func threads(_ exchange: Exchange, _ json: JSONValue, _ scene: ForgeScene) async throws {
        scene.server.fail(.reply(exchange.reply))
        let comments = try await scene.forge.comments(on: 22, since: .distantPast)
        let all = (json["value"]?.elements ?? []).flatMap { $0["comments"]?.elements ?? [] }
        let said = all.filter { $0["commentType"]?.text != "system" && $0["isDeleted"]?.flag != true }
        #expect(Set(comments.map(\.text)) == Set(said.map { $0["content"]?.text ?? "" }))
        #expect(comments.count == said.count)
        #expect(said.count < all.count)
    }

    /// The examples name other people and rights; what they say of the first entry is what is read.
    private func permissions(_ exchange: Exchange, _ json: JSONValue, _ scene: ForgeScene) async throws {
        guard case .object(let entries)? = json["value"]?.elements?.first?["acesDictionary"] else {
            Issue.record("no entries")
            return
        }
        let first = try #require(entries.first)
        let person = Person(id: "00000000-0000-4000-8000-000000000003", login: "reviewer")
        let identity: JSONValue = ["id": .string(person.id), "descriptor": .string(first.key)]
        scene.server.fail(.reply(ForgeReply(200, ["value": [identity]]))) { $0.path.hasSuffix("/identities") }
        scene.server.fail(.reply(exchange.reply)) { $0.path.contains("accesscontrollists") }
        if let effective = first.value["extendedInfo"]?["effectiveAllow"]?.integer {
            #expect(try await scene.forge.mayWrite(person) == (effective & 4 != 0))
        } else {
            let error = await forgeError { _ = try await scene.forge.mayWrite(person) }
            #expect(error?.reason == .unreadable)
        }
    }

    private func expect(_ request: PullRequest, _ json: JSONValue) {
        #expect(request.number == json["pullRequestId"]?.integer)
        #expect(request.title == json["title"]?.text)
        #expect(request.head.commit.hex == json["lastMergeSourceCommit"]?["commitId"]?.text)
        #expect("refs/heads/\(request.head.branch)" == json["sourceRefName"]?.text)
        #expect("refs/heads/\(request.base.branch)" == json["targetRefName"]?.text)
        #expect(request.base.commit?.hex == json["lastMergeTargetCommit"]?["commitId"]?.text)
        #expect(request.author.id == json["createdBy"]?["id"]?.text)
        #expect((request.state == .open) == (json["status"]?.text == "active"))
        let votes = (json["reviewers"]?.elements ?? []).filter { $0["vote"]?.integer ?? 0 != 0 }
        #expect(request.reviews.count == votes.count)
    }
}
