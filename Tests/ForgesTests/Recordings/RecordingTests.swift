import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// Every recorded answer that we could be given is read for what it says.
@Suite(.enabled(if: Recording.areAtHand, "other tests run it on facts restated; FORGE_FACTS names recordings"))
struct RecordingTests {
    @Test(arguments: Recording.exchanges("gitea"))
    func `Gitea's answers are read whole`(exchange: Exchange) async throws {
        let dialect = PlaybackDialect(name: "gitea", basePath: "/api/v1", exchange: exchange)
        let which = ForgeUnderTest(kind: .gitea, dialect: dialect)
        try await withForge(which, isJudged: false) { scene in try await play(exchange, scene) }
    }

    @Test(arguments: Recording.exchanges("github"))
    func `GitHub's answers are read whole`(exchange: Exchange) async throws {
        let dialect = PlaybackDialect(name: "github", basePath: "", exchange: exchange)
        let parts = exchange.call.path.split(separator: "/")
        guard parts.count > 2, parts[0] == "repos" else { return }
        let which = ForgeUnderTest(kind: .github, dialect: dialect, repository: "\(parts[1])/\(parts[2])")
        try await withForge(which, isJudged: false) { scene in try await play(exchange, scene) }
    }

    /// Asks what the exchange asked, where we ask such a thing, and compares.
    private func play(_ exchange: Exchange, _ scene: ForgeScene) async throws {
        let rest = exchange.call.path.split(separator: "/").drop { $0 != "repos" }.dropFirst(3).map(String.init)
        let json = exchange.reply.json ?? .null
        let number = rest.count > 1 ? Int(rest[1]) ?? 0 : 0
        do {
            switch (exchange.call.method, rest.first, rest.count) {
            case ("GET", "pulls", 1):
                let read = try await scene.forge.open(into: "", since: nil)
                let branches = Set((json.elements ?? []).compactMap { $0["base"]?["ref"]?.text })
                var found = read
                for branch in branches { found += try await scene.forge.open(into: branch, since: nil) }
                #expect(found.count == json.elements?.count)
            case ("GET", "pulls", 2):
                expect(try await scene.forge.pullRequest(number), json)
            case ("GET", "issues", 3) where rest[2] == "comments":
                let comments = try await scene.forge.comments(on: number, since: .distantPast)
                #expect(comments.map(\.text) == (json.elements ?? []).map { $0["body"]?.text ?? "" })
            case ("POST", "issues", 3) where rest[2] == "comments" && exchange.reply.json != nil:
                let id = try await scene.forge.write("text", on: number, over: nil)
                #expect(id.rawValue == json["id"]?.integer.map { "\($0)" })
            case ("PATCH", "issues", 3):
                _ = try await scene.forge.write("text", on: 1, over: CommentID(rawValue: rest[2]))
            case ("GET", "assignees", 1):
                for person in json.elements ?? [] {
                    let id = person["id"]?.integer ?? 0
                    #expect(try await scene.forge.mayWrite(Person(id: "\(id)", login: "renamed")))
                }
                #expect(try await !scene.forge.mayWrite(Person(id: "4711", login: "outsider")))
            case ("POST", "statuses", 2) where CommitID(rest[1]) != nil:
                try await scene.forge.set(.init(context: "x", state: .success, text: "y"), for: request(rest[1]))
            case ("POST", "pulls", 1):
                let proposal = Proposal(head: "x", base: "main", title: "y", description: "z")
                #expect(try await scene.forge.propose(proposal) == json["number"]?.integer)
            default: return
            }
            #expect(exchange.reply.status < 300)
        } catch let error as ForgeError {
            #expect(exchange.reply.status >= 300, "\(error)")
            #expect(error.status == exchange.reply.status)
        }
    }

    private func expect(_ request: PullRequest, _ json: JSONValue) {
        #expect(request.number == json["number"]?.integer)
        #expect(request.title == json["title"]?.text)
        #expect(request.head.commit.hex == json["head"]?["sha"]?.text)
        #expect(request.base.branch == json["base"]?["ref"]?.text)
        #expect(request.author.login == json["user"]?["login"]?.text)
        let isGone = json["head"]?["repo"]?.isNull ?? true
        let isSame = json["head"]?["repo"]?["id"] == json["base"]?["repo"]?["id"]
        #expect(request.head.origin == (isGone ? .gone : isSame ? .same : .fork))
        if case .merged(let commit, let date) = request.state {
            #expect(commit?.hex == json["merge_commit_sha"]?.text)
            #expect(date != nil)
        } else {
            #expect((request.state == .open) == (json["state"]?.text == "open"))
        }
    }

    private func request(_ commit: String) throws -> PullRequest {
        let head = PullRequest.Head(commit: try #require(CommitID(commit)), branch: "x", origin: .same)
        return PullRequest(
            number: 1,
            title: "x",
            head: head,
            base: .init(branch: "main", commit: nil),
            author: Person(id: "2", login: "author"),
            state: .open,
            isDraft: false,
            reviews: [],
            updated: .distantPast,
            ref: "refs/pull/1/head",
            page: ""
        )
    }

    @Test(arguments: Recording.exchanges("gitea"))
    func `what the real Gitea answered keeps to its description`(exchange: Exchange) throws {
        let description = try ForgeDescription.load("gitea")
        // What was left out for its size, and what the file says was never described.
        guard exchange.reply.json != nil || exchange.reply.status != 201 else { return }
        #expect(description.complaints(about: exchange.reply, to: exchange.call, below: "/api/v1") == [])
    }
}
