import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// What only GitLab does.
@Suite struct GitLabTests {
    private static let gitLab = ForgeUnderTest.gitLab

    @Test func `the token is sent as GitLab wants it`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            _ = try await scene.forge.ourselves()
            #expect(scene.server.calls.first?.header("PRIVATE-TOKEN") == "good-token")
            #expect(scene.server.calls.first?.header("Authorization") == nil)
        }
    }

    @Test func `a token that others make is a bearer's`() async throws {
        try await withForge(Self.gitLab, credentials: .bearer { _ in "good-token" }) { scene async throws in
            _ = try await scene.forge.ourselves()
            #expect(scene.server.calls.first?.header("Authorization") == "Bearer good-token")
            #expect(scene.server.calls.first?.header("PRIVATE-TOKEN") == nil)
        }
    }

    @Test func `a project deep in groups is one segment of the path`() async throws {
        var nested = Self.gitLab
        nested.repository = "contoso/mail/mail-flow"
        try await withForge(nested) { scene async throws in
            scene.server.change { repository in
                repository.owner = "contoso/mail"
                repository.open()
            }
            #expect(try await scene.forge.open(into: "main", since: nil).count == 1)
            #expect(scene.server.calls.first?.path == "/api/v4/projects/contoso%2Fmail%2Fmail-flow/merge_requests")
        }
    }

    @Test func `below a path of its host GitLab's links are followed there alone`() async throws {
        var relative = Self.gitLab
        relative.dialect = GitLabDialect(basePath: "/gitlab")
        try await withForge(relative) { scene async throws in
            scene.server.change { repository in
                for number in 1...230 { repository.open(head: "branch-\(number)") }
            }
            #expect(try await scene.forge.open(into: "main", since: nil).count == 230)
            let link = "<\(scene.server.origin)/api/v4/projects/1/merge_requests?page=2>; rel=\"next\""
            scene.server.change { $0.push(to: 1) }
            scene.server.fail(.altered { $0.headers = [("Link", link)] })
            let error = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            #expect(error?.reason == .unreadable)
        }
    }

    @Test func `a request that closes on a later page is missed by no look`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { repository in
                for number in 1...150 { repository.open(head: "branch-\(number)") }
            }
            #expect(try await scene.forge.open(into: "main", since: nil).count == 150)
            scene.server.change { $0.close(10) }
            let later = try await scene.forge.open(into: "main", since: nil)
            #expect(later.count == 149)
            #expect(!later.contains { $0.number == 10 })
        }
    }

    @Test func `a request whose branch has no commit is none yet`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { repository in
                repository.open(head: "one")
                repository.open(head: "two")
            }
            scene.server.fail(.altered { $0.set("sha", to: .null, inElement: 0) })
            #expect(try await scene.forge.open(into: "main", since: nil).map(\.number) == [1])
        }
    }

    @Test func `a request that is being merged is still open`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { $0.open() }
            scene.server.fail(.altered { $0.set("state", to: "locked") })
            #expect(try await scene.forge.pullRequest(1).state == .open)
        }
    }

    @Test func `a fork that was deleted has no number`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { $0.open(author: 4, origin: .fork) }
            scene.server.fail(.altered { $0.set("source_project_id", to: .null) })
            let head = try await scene.forge.pullRequest(1).head
            #expect(head.origin == .gone)
            #expect(head.branch.isEmpty)
        }
    }

    struct Merge: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var members: [String: JSONValue]
        var seed: String
    }

    @Test(arguments: [
        Merge(
            testDescription: "squashed and merged",
            members: [
                "merge_commit_sha": .string(PretendedRepository.commit("merge")),
                "squash_commit_sha": .string(PretendedRepository.commit("squash")),
            ],
            seed: "merge"
        ),
        Merge(
            testDescription: "squashed and put on top",
            members: ["merge_commit_sha": .null, "squash_commit_sha": .string(PretendedRepository.commit("squash"))],
            seed: "squash"
        ),
        Merge(
            testDescription: "put on top as it is",
            members: [
                "merge_commit_sha": .null, "squash_commit_sha": .null,
                "sha": .string(PretendedRepository.commit("head")),
            ],
            seed: "head"
        ),
    ])
    func `the commit on the base is the merge's, the squash's, or the head itself`(merge: Merge) async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { $0.merge($0.open()) }
            scene.server.fail(.altered { reply in for (name, value) in merge.members { reply.set(name, to: value) } })
            let state = try await scene.forge.pullRequest(1).state
            guard case .merged(let commit, _) = state else { return #expect(Bool(false), "\(state)") }
            #expect(try commit == CommitID(seed: merge.seed))
        }
    }

    @Test func `a commit of two merged requests is that of the one that names it`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { repository in
                for head in ["one", "two"] { repository.merge(repository.open(head: head)) }
                let merge = repository.requests[1]?.mergedAs ?? ""
                repository.requests[2]?.commit = merge
            }
            let commit = try #require(CommitID(scene.server.repository.requests[1]?.mergedAs ?? ""))
            #expect(try await scene.forge.merged(as: commit)?.number == 1)
        }
    }

    @Test func `a project that may not be seen is an error, not a commit without a request`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.fail(.reply(ForgeReply(404, ["message": "404 Project Not Found"])), times: 2)
            let commit = try CommitID(seed: "main")
            let error = await forgeError { _ = try await scene.forge.merged(as: commit) }
            #expect(error?.reason == .notFound)
            let person = Person(id: "3", login: "reviewer")
            let other = await forgeError { _ = try await scene.forge.mayWrite(person) }
            #expect(other?.reason == .notFound)
        }
    }

    private static let members: [(String, JSONValue, Bool)] = [
        ("access_level", 20, false), ("access_level", 30, true), ("access_level", 50, true),
        ("state", "blocked", false),
        ("membership_state", "awaiting", false), ("id", 4, false),
    ]

    @Test(arguments: members)
    func `whoever is an active developer may write`(member: String, value: JSONValue, mayWrite: Bool) async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.fail(.altered { $0.set(member, to: value) })
            #expect(try await scene.forge.mayWrite(Person(id: "3", login: "reviewer")) == mayWrite)
        }
    }

    @Test func `the forge is not asked about who is not a person here`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            #expect(try await !scene.forge.mayWrite(Person(id: "", login: "")))
            #expect(try await !scene.forge.mayWrite(Person(id: "../user", login: "x")))
            #expect(scene.server.calls.isEmpty)
        }
    }

    @Test(arguments: [
        ("project_4580_bot_0a1b", true), ("group_7_bot", true), ("project_4580_bot1", true),
        ("service_account_5f", true), ("project_x_bot", false), ("project_bot", false), ("robot", false),
    ])
    func `an account of a token is known by its name`(login: String, isBot: Bool) async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { repository in
                repository.people[2]?.login = login
                repository.open()
            }
            #expect(try await scene.forge.pullRequest(1).author.isBot == isBot)
        }
    }

    @Test func `where a page of notes is more than is read small ones are asked for`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { repository in
                repository.open()
                for number in 1...10 { repository.comment(on: 1, "comment \(number)") }
            }
            scene.server.fail(.reply(ForgeReply(200, [.string(String(repeating: "x", count: 17 << 20))])))
            #expect(try await scene.forge.comments(on: 1, since: .distantPast).count == 10)
            #expect(scene.server.calls.map { $0.query("per_page") } == ["100", "5", "5", "5"])
        }
    }

    @Test func `of notes without end the newest are read`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.comment(on: 1, "mitregate plan")
            }
            scene.server.fail(
                .altered { [url = scene.server.url] reply in
                    reply.headers = [("Link", "<\(url)/projects/4580/merge_requests/1/notes?page=2>; rel=\"next\"")]
                },
                times: 1_000
            ) { $0.path.hasSuffix("/notes") }
            #expect(try await scene.forge.comments(on: 1, since: .distantPast).last?.text == "mitregate plan")
            #expect(scene.server.calls.count <= 20)
        }
    }

    @Test func `what was said before the time asks for no further page`() async throws {
        try await withForge(Self.gitLab) { scene async throws in
            scene.server.change { repository in
                repository.open()
                for number in 1...250 { repository.comment(on: 1, "comment \(number)") }
            }
            let last = try #require(scene.server.repository.comments(on: 1).last?.created)
            #expect(try await scene.forge.comments(on: 1, since: last).map(\.text) == ["comment 250"])
            #expect(scene.server.calls.count == 1)
        }
    }

    @Test(arguments: [("RateLimit-Remaining", "0", 90.0), ("RateLimit-Remaining", "12", 60.0)])
    func `how long to wait is told in GitLab's own words`(name: String, value: String, wait: Double) async throws {
        try await withForge(Self.gitLab, isJudged: false) { scene async throws in
            let now = scene.server.repository.now
            let reset = ("RateLimit-Reset", "\(Int(now.timeIntervalSince1970) + 90)")
            scene.server.fail(.status(429, headers: [(name, value), reset]))
            let error = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            #expect(error?.retryAt == now + wait)
        }
    }

    @Test(arguments: ["contoso", "", "/contoso/x", "contoso/../x", "contoso//x"])
    func `what is no project's path is refused`(repository: String) async throws {
        var wrong = Self.gitLab
        wrong.repository = repository
        let error = await forgeError { [wrong] in try await withForge(wrong) { _ in } }
        #expect(error?.reason == .invalid)
        #expect(error?.message.contains("forge.repository") == true)
    }
}

extension ForgeReply {
    /// Replaces a member of the answer, or of one element of its list.
    mutating func set(_ name: String, to value: JSONValue, inElement index: Int? = nil) {
        guard let index else {
            json = json?.replacing(name, with: value)
            return
        }
        guard var elements = json?.elements, elements.indices.contains(index) else { return }
        elements[index] = elements[index].replacing(name, with: value)
        json = .array(elements)
    }
}

extension JSONValue {
    func replacing(_ name: String, with value: JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.key != name } + [Member(key: name, value: value)])
    }
}
