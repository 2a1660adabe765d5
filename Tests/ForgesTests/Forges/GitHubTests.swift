import ForgeSimulator
import Forges
import Foundation
import JSON
import TestSupport
import Testing

/// What only GitHub does.
@Suite(.timeLimit(.minutes(5))) struct GitHubTests {
    private static let github = ForgeUnderTest(kind: .github, dialect: GitHubDialect())

    @Test func `writes are one second apart, and reads wait for nothing`() async throws {
        try await withForge(Self.github) { scene in
            scene.server.change { repository in
                repository.open()
                repository.comment(on: 1, "mitregate plan")
            }
            let comment = try #require(try await scene.forge.comments(on: 1, since: .distantPast).first)
            await withTaskGroup(of: Void.self) { group in
                for reaction in Reaction.allCases {
                    group.addTask { try? await scene.forge.answer(comment, with: reaction) }
                }
            }
            _ = try await scene.forge.pullRequest(1)
            #expect(scene.clock.sleeps == [.seconds(1), .seconds(1)])
        }
    }

    @Test func `a clock that is set back makes no write wait longer`() async throws {
        try await withForge(Self.github) { scene async throws in
            scene.server.change { $0.open() }
            _ = try await scene.forge.write("one", on: 1, over: nil)
            scene.server.change { $0.now -= 86_400 }
            _ = try await scene.forge.write("two", on: 1, over: nil)
            #expect(scene.clock.sleeps == [.seconds(1)])
        }
    }

    @Test func `a write that is cancelled while it waits is not sent`() async throws {
        try await withForge(Self.github, callTimeout: .seconds(3)) { scene in
            scene.server.change { $0.open() }
            scene.server.fail(.silence)
            let first = Task { try await scene.forge.write("one", on: 1, over: nil) }
            while scene.server.calls.isEmpty { await Task.yield() }
            let second = Task { try await scene.forge.write("two", on: 1, over: nil) }
            second.cancel()
            for task in [first, second] {
                let error = await forgeError { _ = try await task.value }
                #expect(error?.reason == .unavailable)
            }
            #expect(scene.server.repository.comments.isEmpty)
            #expect(scene.server.calls.count == 1)
        }
    }

    struct Limit: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status: Int
        var headers: [String: String] = [:]
        /// Seconds; nothing for "never".
        var wait: Double?
    }

    static let limits: [Limit] = [
        Limit(
            testDescription: "nothing is left until the reset",
            status: 403,
            headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "NOW+900"],
            wait: 900
        ),
        Limit(
            testDescription: "a refusal with a limit that is not used up is a refusal",
            status: 403,
            headers: ["x-ratelimit-remaining": "4999", "x-ratelimit-reset": "NOW+900"],
            wait: nil
        ),
        Limit(
            testDescription: "retry-after goes before the reset",
            status: 403,
            headers: ["retry-after": "30", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "NOW+900"],
            wait: 30
        ),
        Limit(testDescription: "429 without a word is a minute", status: 429, wait: 60),
        Limit(
            testDescription: "429 with calls left is a minute",
            status: 429,
            headers: ["x-ratelimit-remaining": "12", "x-ratelimit-reset": "NOW+900"],
            wait: 60
        ),
        Limit(
            testDescription: "more than an hour is not believed",
            status: 429,
            headers: ["retry-after": "999999999"],
            wait: 3_600
        ),
        Limit(testDescription: "a wait that is over is a second", status: 429, headers: ["retry-after": "-5"], wait: 1),
        Limit(
            testDescription: "a date counts as well",
            status: 429,
            headers: ["retry-after": "Sun, 29 Nov 2026 00:02:00 GMT"],
            wait: 120
        ),
        Limit(testDescription: "nonsense is a minute", status: 429, headers: ["retry-after": "soon"], wait: 60),
    ]

    @Test(arguments: limits)
    func `a limit is told from a refusal, and how long it lasts`(limit: Limit) async throws {
        try await withForge(Self.github) { scene in
            let now = try Date("2026-11-29T00:00:00Z", strategy: .iso8601)
            scene.server.change { $0.now = now }
            let headers = limit.headers.map { name, value in
                (
                    name: name,
                    value: value.replacing("NOW+900", with: "\(Int(now.timeIntervalSince1970) + 900)")
                )
            }
            scene.server.fail(.status(limit.status, headers: headers))
            let error = try #require(await forgeError { _ = try await scene.forge.open(into: "main", since: nil) })
            #expect(error.reason == (limit.wait == nil ? .forbidden : .limited))
            #expect(error.retryAt == limit.wait.map { now + $0 })
            // A forge that wants no calls gets none.
            _ = try? await scene.forge.open(into: "main", since: nil)
            #expect(scene.server.calls.count == (limit.wait == nil ? 2 : 1))
        }
    }

    @Test func `an error reads as a sentence`() async throws {
        try await withForge(Self.github) { scene in
            scene.server.change { $0.open() }
            let missing = await forgeError { _ = try await scene.forge.pullRequest(7) }
            #expect(missing?.message == "GitHub answered 404 when asked for request 7 of contoso/mail-flow: Not Found")
            scene.server.fail(.reply(ForgeReply(200, ["Welcome"])))
            let other = await forgeError { _ = try await scene.forge.pullRequest(1) }
            #expect(
                other?.message
                    == "GitHub's answer about request 1 of contoso/mail-flow cannot be used: "
                    + "it lacks a number, a head, a base or a time."
            )
            scene.server.fail(.status(429))
            _ = await forgeError { try await scene.forge.close(1) }
            let silent = await forgeError { try await scene.forge.close(1) }
            #expect(
                silent?.message.hasSuffix(
                    "so it was not asked for the closing of request 1 of contoso/mail-flow."
                ) == true
            )
        }
    }

    @Test func `a secondary limit needs no header`() async throws {
        try await withForge(Self.github) { scene async throws in
            scene.server.fail(
                .reply(ForgeReply(403, ["message": "You have exceeded a secondary rate limit. Please wait."]))
            )
            let error = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            #expect(error?.reason == .limited)
        }
    }

    @Test func `a request that closes on a later page is missed by no look`() async throws {
        try await withForge(Self.github) { scene in
            scene.server.change { repository in
                for number in 1...150 { repository.open(head: "branch-\(number)") }
            }
            #expect(try await scene.forge.open(into: "main", since: nil).count == 150)
            scene.server.forgetCalls()
            _ = try await scene.forge.open(into: "main", since: nil)
            #expect(scene.server.calls.count == 2)
            #expect(scene.server.calls.allSatisfy { $0.header("If-None-Match") != nil })
            scene.server.change { $0.close(10) }
            let later = try await scene.forge.open(into: "main", since: nil)
            #expect(later.count == 149)
            #expect(!later.contains { $0.number == 10 })
        }
    }

    @Test func `listings are remembered within bounds`() async throws {
        try await withForge(Self.github) { scene in
            for number in 0...32 { _ = try await scene.forge.open(into: "branch-\(number)", since: nil) }
            scene.server.forgetCalls()
            _ = try await scene.forge.open(into: "branch-32", since: nil)
            _ = try await scene.forge.open(into: "branch-0", since: nil)
            #expect(scene.server.calls.map { $0.header("If-None-Match") != nil } == [true, false])
        }
    }

    @Test func `a name that went to another person gives them nothing`() async throws {
        try await withForge(Self.github) { scene async throws in
            #expect(try await scene.forge.mayWrite(Person(id: "3", login: "reviewer")))
            #expect(try await !scene.forge.mayWrite(Person(id: "33", login: "reviewer")))
        }
    }

    @Test func `an App or a deleted account may not write, and the forge is not asked`() async throws {
        try await withForge(Self.github) { scene async throws in
            #expect(try await !scene.forge.mayWrite(Person(id: "bot:x[bot]", login: "x[bot]", isBot: true)))
            #expect(try await !scene.forge.mayWrite(Person(id: "", login: "")))
            #expect(scene.server.calls.isEmpty)
        }
    }

    @Test func `an unknown person cannot be found out`() async throws {
        try await withForge(Self.github) { scene async throws in
            let error = await forgeError { _ = try await scene.forge.mayWrite(Person(id: "8", login: "no/body")) }
            #expect(error?.reason == .notFound)
        }
    }

    @Test func `a commit of two merged requests is that of the one that names it`() async throws {
        try await withForge(Self.github) { scene in
            scene.server.change { repository in
                for head in ["one", "two"] { repository.merge(repository.open(head: head)) }
                // The second was rebased on top of the first, so that its head is the first's merge.
                let merge = repository.requests[1]?.mergedAs ?? ""
                repository.requests[2]?.commit = merge
            }
            let commit = try #require(CommitID(scene.server.repository.requests[1]?.mergedAs ?? ""))
            #expect(try await scene.forge.merged(as: commit)?.number == 1)
        }
    }

    @Test func `an open request with the commit did not bring it`() async throws {
        try await withForge(Self.github) { scene in
            scene.server.change { $0.open() }
            let head = try await scene.forge.pullRequest(1).head.commit
            #expect(try await scene.forge.merged(as: head) == nil)
        }
    }

    @Test func `a request from the owner's fork is not taken for ours, whose branch has the same name`() async throws {
        try await withForge(Self.github) { scene async throws in
            let head = "mitregate/drift/contoso"
            scene.server.change { $0.open("Theirs", head: head) }
            scene.server.fail(
                .altered { reply in
                    let theirs = reply.json?.elements?.first?["head"]?.replacing("repo", with: ["id": 4_711])
                    reply.set("head", to: theirs ?? .null, inElement: 0)
                }
            ) { $0.method == "GET" }
            let proposal = Proposal(head: head, base: "main", title: "Ours", description: "Two connectors differ.")
            let error = await forgeError { _ = try await scene.forge.propose(proposal) }
            #expect(error?.status == 422)
            #expect(scene.server.repository.requests[1]?.title == "Theirs")
            #expect(try await scene.forge.propose(proposal) == 1, "one that lies where we write is ours")
        }
    }

    @Test func `a server of one's own has its API below a path`() async throws {
        let server = ForgeUnderTest(kind: .github, dialect: GitHubDialect(basePath: "/api/v3"))
        try await withForge(server) { scene async throws in
            scene.server.change { repository in
                for number in 1...120 { repository.open(head: "branch-\(number)") }
            }
            #expect(try await scene.forge.open(into: "main", since: nil).count == 120)
            #expect(scene.server.calls.allSatisfy { $0.header("X-GitHub-Api-Version") == "2022-11-28" })
        }
    }

    @Test(arguments: [
        "https://evil.example/repositories/1000/pulls?page=2", "http://127.0.0.1:1/repositories/1000/pulls?page=2",
        "BASE.evil.example/pulls", "//evil.example/pulls", "/repositories/1000/pulls?page=2",
        "http://user@127.0.0.1/pulls", "ORIGIN/elsewhere", "ORIGIN/api/v3/../../elsewhere",
        "ORIGIN/api/v3/%2e%2E/elsewhere", "ORIGIN/api/v33/pulls", "BASE\\@evil.example/", "file:///etc/passwd",
    ])
    func `a next page is asked for on the API's own host, below its path`(link: String) async throws {
        let server = ForgeUnderTest(kind: .github, dialect: GitHubDialect(basePath: "/api/v3"))
        try await withForge(server) { scene async throws in
            let url = link.replacing("BASE", with: scene.server.url).replacing("ORIGIN", with: scene.server.origin)
            scene.server.fail(.altered { $0.headers = [("Link", "<\(url)>; rel=\"next\"")] })
            let error = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            #expect(error?.reason == .unreadable)
            #expect(scene.server.calls.count == 1)
        }
    }
}
