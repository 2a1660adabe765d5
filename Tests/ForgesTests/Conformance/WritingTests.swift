import ForgeSimulator
import Forges
import Foundation
import Testing

/// What each forge must do alike.
@Suite struct WritingTests {
    @Test(arguments: ForgeUnderTest.all)
    func `a comment is written, and replaced in place`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { $0.open() }
            let id = try await scene.forge.write("### plan", on: 1, over: nil)
            #expect(try await scene.forge.write("### plan 2", on: 1, over: id) == id)
            let comments = try await scene.forge.comments(on: 1, since: .distantPast)
            #expect(comments.map(\.text) == ["### plan 2"])
            #expect(comments.map(\.id) == [id])
            #expect(comments.first?.author == (try await scene.forge.ourselves()))
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a comment that was deleted is not found`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { $0.open() }
            let id = try await scene.forge.write("### plan", on: 1, over: nil)
            scene.server.change { $0.comments = [:] }
            let error = await forgeError { _ = try await scene.forge.write("### plan 2", on: 1, over: id) }
            #expect(error?.reason == .notFound)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `an id that no comment can have asks for nothing`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            let id = CommentID(rawValue: "../../../user")
            let error = await forgeError { _ = try await scene.forge.write("text", on: 1, over: id) }
            #expect(error?.reason == .notFound)
            #expect(scene.server.calls.isEmpty)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a comment is answered, and a second time too`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                repository.open()
                repository.comment(on: 1, "mitregate plan")
            }
            let comment = try #require(try await scene.forge.comments(on: 1, since: .distantPast).first)
            for reaction in Reaction.allCases + Reaction.allCases {
                try await scene.forge.answer(comment, with: reaction)
            }
        }
    }

    @Test(arguments: ForgeUnderTest.all, CommitStatus.State.allCases)
    func `each state is set, and once more`(which: ForgeUnderTest, state: CommitStatus.State) async throws {
        try await withForge(which) { scene in
            scene.server.change { $0.open() }
            let request = try await scene.forge.pullRequest(1)
            let status = CommitStatus(
                context: "mitregate/gate",
                state: state,
                text: String(repeating: "ä", count: 400),
                link: "https://mitregate.example/requests/1"
            )
            try await scene.forge.set(status, for: request)
            try await scene.forge.set(status, for: request)
            let set = try #require(scene.server.repository.statuses[request.head.commit.hex]?.last)
            #expect(set.context == "mitregate/gate")
            #expect(set.link == "https://mitregate.example/requests/1")
            #expect(set.text.unicodeScalars.count == min(scene.forge.limits.statusText, 400))
        }
    }

    @Test(arguments: ForgeUnderTest.all.filter(\.losesCommits))
    func `a status for a commit that a force-push took away says so`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { $0.open() }
            let request = try await scene.forge.pullRequest(1)
            scene.server.change { $0.push(to: 1, force: true) }
            let status = CommitStatus(context: "mitregate/gate", state: .success, text: "1 to add")
            let error = await forgeError { try await scene.forge.set(status, for: request) }
            #expect(error?.reason == .commitGone)
            #expect(error?.isPassing == false)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a proposal opens a request, and updates the one that is there`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { repository in
                repository.open(head: "mitregate/drift/fabrikam")
                repository.branches["mitregate/drift/contoso"] = PretendedRepository.commit("drift")
            }
            var proposal = Proposal(
                head: "mitregate/drift/contoso",
                base: "main",
                title: "contoso: bring git to what the tenant says",
                description: "Two connectors differ."
            )
            #expect(try await scene.forge.propose(proposal) == 2)
            proposal.description = "Three connectors differ."
            #expect(try await scene.forge.propose(proposal) == 2)
            #expect(scene.server.repository.requests[2]?.body == "Three connectors differ.")
            #expect(scene.server.repository.requests.count == 2)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a proposal from a branch that is not there is refused`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            let proposal = Proposal(head: "nowhere", base: "main", title: "x", description: "y")
            let error = await forgeError { _ = try await scene.forge.propose(proposal) }
            #expect(error?.isPassing == false)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a request is closed, and a closed one stays so`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            scene.server.change { $0.open() }
            try await scene.forge.close(1)
            try await scene.forge.close(1)
            #expect(try await scene.forge.pullRequest(1).state == .closed)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `what we write is known as ours`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            #expect(try await scene.forge.ourselves().login == "mitregate")
            _ = try await scene.forge.ourselves()
            #expect(scene.server.calls.count == 1)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a request that touches one tenant costs at most eight calls`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene in
            // What is asked once and then known is no part of it.
            _ = try await scene.forge.open(into: "main", since: nil)
            scene.server.forgetCalls()
            scene.server.change { $0.open() }
            let found = try #require(try await scene.forge.open(into: "main", since: nil).first)
            let request = try await scene.forge.pullRequest(found.number)
            _ = try await scene.forge.comments(on: request.number, since: request.updated)
            _ = try await scene.forge.write("### plan", on: request.number, over: nil)
            for context in ["mitregate/validate", "mitregate/plan", "mitregate/gate"] {
                try await scene.forge.set(.init(context: context, state: .success, text: "ok"), for: request)
            }
            #expect(scene.server.calls.count <= 8)
        }
    }

    @Test(arguments: ForgeUnderTest.all, [3_600.0, -7_200])
    func `who we are is asked again after an hour, and once the clock was set back`(
        which: ForgeUnderTest,
        passed: Double
    ) async throws {
        try await withForge(which) { scene async throws in
            #expect(try await scene.forge.ourselves().login == "mitregate")
            scene.server.change { repository in
                // The token became another account's.
                repository.tokens["good-token"] = 2
                repository.now += passed
            }
            #expect(try await scene.forge.ourselves().login == "author")
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a request from a fork, whose branch has the name of ours, is left alone`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            let head = "mitregate/drift/contoso"
            scene.server.change { repository in
                repository.open("Ours", head: head)
                repository.open("Theirs", head: head, author: 4, origin: .fork)
            }
            let proposal = Proposal(head: head, base: "main", title: "Ours", description: "Two connectors differ.")
            #expect(try await scene.forge.propose(proposal) == 1)
            #expect(scene.server.repository.requests[1]?.body == "Two connectors differ.")
            #expect(scene.server.repository.requests[2]?.title == "Theirs")
            #expect(scene.server.repository.requests[2]?.body == "")
        }
    }
}
