import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// What each forge must tell alike.
@Suite struct ReadingTests {
    @Test(arguments: ForgeUnderTest.all)
    func `open requests against the branch come newest change first`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { repository in
                repository.branches["other"] = PretendedRepository.commit("other")
                repository.open(head: "one")
                repository.open(head: "two")
                repository.open(head: "three", base: "other")
                repository.close(repository.open(head: "four"))
                repository.push(to: 1)
            }
            let newest = which.listsChanges ? [1, 2] : [2, 1]
            #expect(try await scene.forge.open(into: "main", since: nil).map(\.number) == newest)
            #expect(try await scene.forge.open(into: "other", since: nil).map(\.number) == [3])
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `with a time only what changed at or after it is listed`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                repository.open(head: "one")
                repository.open(head: "two")
            }
            let second = try #require(scene.server.repository.requests[2]?.updated)
            let wanted = which.listsChanges ? [2] : [2, 1]
            #expect(try await scene.forge.open(into: "main", since: second).map(\.number) == wanted)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a long listing is read page after page`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                for number in 1...230 { repository.open(head: "branch-\(number)") }
            }
            let requests = try await scene.forge.open(into: "main", since: nil)
            #expect(requests.map(\.number) == Array((1...230).reversed()))
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a look at what did not move is one call`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { $0.open() }
            let before = try await scene.forge.open(into: "main", since: nil)
            scene.server.forgetCalls()
            #expect(try await scene.forge.open(into: "main", since: nil) == before)
            #expect(scene.server.calls.count == 1)
            #expect((scene.server.calls.first?.header("If-None-Match") != nil) == which.tellsEntityTags)
            scene.server.change { $0.push(to: 1) }
            #expect(try await scene.forge.open(into: "main", since: nil).first?.head != before.first?.head)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a request is told whole`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { $0.open("Add partner bank", head: "partners/bank") }
            let pretended = try #require(scene.server.repository.requests[1])
            for request in [
                try await scene.forge.pullRequest(1),
                try #require(try await scene.forge.open(into: "main", since: nil).first),
            ] {
                #expect(request.number == 1)
                #expect(request.title == "Add partner bank")
                #expect(request.head.commit.hex == pretended.commit)
                #expect(request.head.branch == "partners/bank")
                #expect(request.head.origin == .same)
                #expect(request.base.branch == "main")
                let tip = scene.server.repository.branches["main"]
                #expect(request.base.commit?.hex == tip || request.base.commit == nil && !which.listsBaseCommit)
                #expect(request.author.login == "author")
                #expect(request.state == .open)
                #expect(!request.isDraft)
                #expect(request.reviews.isEmpty)
                #expect(request.updated == pretended.updated)
                #expect(request.ref == which.ref(request))
                #expect(request.page.hasPrefix("http"))
            }
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `where the head lies is told by repository, not by name`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                repository.open(head: "same")
                repository.open(head: "fork", author: 4, origin: .fork)
                repository.open(head: "gone", author: 4, origin: .gone)
            }
            let requests = try await scene.forge.open(into: "main", since: nil)
            let last = which.knowsGoneForks ? PullRequest.Origin.gone : .fork
            #expect(requests.sorted { $0.number < $1.number }.map(\.head.origin) == [.same, .fork, last])
            #expect(requests.allSatisfy { $0.ref == which.ref($0) })
        }
    }

    private static let gitHubShaped = ForgeUnderTest.all.filter { [.github, .gitea, .forgejo].contains($0.kind) }

    @Test(arguments: gitHubShaped, ["head", "base"])
    func `where a repository tells no id the head counts as a fork's`(
        which: ForgeUnderTest,
        side: String
    ) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { $0.open() }
            scene.server.fail(
                .altered { reply in
                    let repository = reply.json?[side]?["repo"]?.replacing("id", with: .null)
                    let branch = reply.json?[side]?.replacing("repo", with: repository ?? .null)
                    reply.set(side, to: branch ?? .null)
                }
            ) { $0.path.hasSuffix("/pulls/1") }
            #expect(try await scene.forge.pullRequest(1).head.origin == .fork)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a request ends closed or merged as a commit`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                repository.close(repository.open(head: "one"))
                repository.merge(repository.open(head: "two"))
            }
            #expect(try await scene.forge.pullRequest(1).state == .closed)
            let merged = try #require(scene.server.repository.requests[2])
            let commit = try #require(CommitID(merged.mergedAs ?? ""))
            #expect(try await scene.forge.pullRequest(2).state == .merged(as: commit, at: merged.mergedAt))
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `the latest word of each person counts, and a remark takes nothing back`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                repository.people[7] = .init(id: 7, login: "second", mayWrite: true)
                repository.open()
                repository.review(1, by: 3, .changesRequested)
                repository.review(1, by: 7, .approved)
                repository.review(1, by: 3, .approved)
                repository.review(1, by: 3, .commented)
                repository.review(1, by: 7, .changesRequested)
                repository.review(1, by: 4, .commented)
            }
            let reviews = try await scene.forge.pullRequest(1).reviews
            let verdicts = Dictionary(uniqueKeysWithValues: reviews.map { ($0.person.login, $0.verdict) })
            let all: [String: Review.Verdict] = [
                "reviewer": .approved, "second": .changesRequested, "outsider": .commented,
            ]
            #expect(verdicts == all.filter { which.verdicts.contains($0.value) })
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `an approval that was dismissed is none`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                repository.open()
                repository.review(1, .approved)
                repository.requests[1]?.reviews[0].isDismissed = true
            }
            let reviews = try await scene.forge.pullRequest(1).reviews
            #expect(!reviews.contains { $0.verdict == .approved })
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a dismissal takes back an earlier approval of the same person too`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.review(1, .approved)
                repository.review(1, .approved)
                repository.requests[1]?.reviews[1].isDismissed = true
            }
            let reviews = try await scene.forge.pullRequest(1).reviews
            #expect(!reviews.contains { $0.verdict == .approved })
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a merged commit leads back to its request, another to none`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                for number in 1...3 { repository.open(head: "branch-\(number)") }
                repository.merge(2)
                repository.merge(3)
                repository.commits.insert(PretendedRepository.commit("pushed straight to main"))
            }
            let merged = try #require(CommitID(scene.server.repository.requests[2]?.mergedAs ?? ""))
            #expect(try await scene.forge.merged(as: merged)?.number == 2)
            #expect(try await scene.forge.merged(as: CommitID(seed: "pushed straight to main")) == nil)
            #expect(try await scene.forge.merged(as: CommitID(seed: "never seen")) == nil)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `who may write is asked of the forge, each time`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            let people = scene.server.change { repository in
                repository.open(author: 3)
                repository.open(head: "fork", author: 4, origin: .fork)
                return [1, 2]
            }
            let reviewer = try await scene.forge.pullRequest(people[0]).author
            let outsider = try await scene.forge.pullRequest(people[1]).author
            #expect(try await scene.forge.mayWrite(reviewer))
            #expect(try await !scene.forge.mayWrite(outsider))
            scene.server.change { $0.people[3]?.mayWrite = false }
            #expect(try await !scene.forge.mayWrite(reviewer))
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `comments come oldest first, from a time on`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                repository.open()
                for number in 1...120 { repository.comment(on: 1, "comment \(number)") }
            }
            let number = 1
            let all = try await scene.forge.comments(on: number, since: .distantPast)
            #expect(all.map(\.text) == (1...120).map { "comment \($0)" })
            #expect(all.first?.author.login == "reviewer")
            #expect(all.allSatisfy { $0.number == 1 })
            let middle = all[60]
            let later = try await scene.forge.comments(on: number, since: middle.updated)
            #expect(later.first == middle)
            #expect(later.count == 60)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `an edited comment is later than it was made`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                repository.open()
                let id = repository.comment(on: 1, "mitregate plan")
                let time = repository.tick()
                repository.comments[id]?.updated = time
            }
            let comment = try #require(try await scene.forge.comments(on: 1, since: .distantPast).first)
            #expect(comment.updated > comment.created)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `of a huge comment the first 64 KiB are kept`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                repository.open()
                repository.comment(on: 1, "a" + String(repeating: "ü", count: 100_000))
            }
            let comment = try #require(try await scene.forge.comments(on: 1, since: .distantPast).first)
            #expect(comment.text.utf8.count == 65_535)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a draft is told as one`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { $0.open("WIP: not yet", isDraft: true) }
            #expect(try await scene.forge.pullRequest(1).isDraft)
        }
    }
}
