import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// Every recorded answer of GitLab that we could be given is read for what it says.
@Suite(.enabled(if: Recording.areAtHand, "other tests run it on facts restated; FORGE_FACTS names recordings"))
struct GitLabRecordingTests {
    /// What no call of ours asks for: statuses are only written, hooks are the operator's.
    private static let unasked = ["statuses of a commit", "hooks", "a note"]

    @Test(arguments: Recording.exchanges("gitlab").filter { !unasked.contains($0.title) })
    func `GitLab's answers are read whole`(exchange: Exchange) async throws {
        try await withForge(.gitLab, isJudged: false) { scene async throws in
            let json = try #require(exchange.reply.json)
            let rest = Array(exchange.call.path.split(separator: "/").dropFirst(4).map(String.init))
            switch (exchange.call.method, rest.first, rest.count) {
            case ("GET", nil, 0):
                scene.server.fail(.reply(exchange.reply))
                let person = try await scene.forge.ourselves()
                #expect(person.login == json["username"]?.text)
                #expect(person.id == json["id"]?.integer.map { "\($0)" })
            case ("GET", "merge_requests", 1):
                // The sample of a list holds a closed request, which a list of open ones never does.
                let open = (json.elements ?? []).map { $0.replacing("state", with: "opened") }
                scene.server.fail(.reply(ForgeReply(200, .array(open))))
                let requests = try await scene.forge.open(into: "master", since: nil)
                #expect(requests.count == open.count)
                for (request, json) in zip(requests, open) { expect(request, json) }
            case ("GET", "merge_requests", 2):
                scene.server.fail(.reply(exchange.reply))
                scene.server.fail(.reply(ForgeReply(200, ["approved_by": []])))
                expect(try await scene.forge.pullRequest(1), json)
            case ("GET", "merge_requests", 3):
                scene.server.fail(.reply(exchange.reply))
                let comments = try await scene.forge.comments(on: 1, since: .distantPast)
                #expect(comments.map(\.text) == (json.elements ?? []).map { $0["body"]?.text ?? "" })
                #expect(comments.map(\.author.login) == (json.elements ?? []).map { $0["author"]?["username"]?.text })
            case ("POST", "merge_requests", 3):
                scene.server.fail(.reply(exchange.reply))
                let id = try await scene.forge.write("text", on: 1, over: nil)
                #expect(id.rawValue == json["id"]?.integer.map { "\($0)" })
            case ("POST", "statuses", 2):
                scene.server.change { $0.open() }
                let request = try await scene.forge.pullRequest(1)
                scene.server.fail(.reply(exchange.reply))
                try await scene.forge.set(.init(context: "default", state: .success, text: "ok"), for: request)
            default: Issue.record("nothing asks for this")
            }
        }
    }

    private func expect(_ request: PullRequest, _ json: JSONValue) {
        #expect(request.number == json["iid"]?.integer)
        #expect(request.title == json["title"]?.text)
        #expect(request.head.commit.hex == json["sha"]?.text)
        #expect(request.head.branch == json["source_branch"]?.text)
        #expect(request.base.branch == json["target_branch"]?.text)
        #expect(request.head.origin == .same)
        #expect(request.author.login == json["author"]?["username"]?.text)
        #expect(request.isDraft == (json["work_in_progress"]?.flag ?? false))
        #expect((request.state == .open) == (json["state"]?.text == "opened"))
        #expect(request.page == json["web_url"]?.text)
    }
}
