import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing
import Transfers

/// How each forge fails, and that it never takes a secret with it.
@Suite struct TroubleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var status: Int
        var reason: ForgeError.Reason
        var testDescription: String { "\(status)" }
    }

    static let cases = [
        Case(status: 401, reason: .unauthorized), Case(status: 403, reason: .forbidden),
        Case(status: 404, reason: .notFound), Case(status: 409, reason: .conflict),
        Case(status: 422, reason: .invalid), Case(status: 429, reason: .limited),
        Case(status: 500, reason: .unavailable), Case(status: 503, reason: .unavailable),
        Case(status: 301, reason: .notFound),
    ]

    @Test(arguments: ForgeUnderTest.all, cases)
    func `an error says what it means and what to do`(which: ForgeUnderTest, example: Case) async throws {
        try await withForge(which, isJudged: false) { scene async throws in
            scene.server.change { $0.open() }
            scene.server.fail(.status(example.status), times: 2)
            let read = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            scene.server.change { $0.now += 3_600 }
            let write = await forgeError { _ = try await scene.forge.write("text", on: 1, over: nil) }
            for error in [read, write] {
                #expect(error?.reason == example.reason)
                #expect(error?.status == example.status)
                #expect(error?.message.contains("\(example.status)") == true)
                #expect(error?.remedy.isEmpty == false)
                #expect((error?.retryAt != nil) == (error?.isPassing == true))
            }
            scene.server.change { $0.now += 3_600 }
            #expect(try await scene.forge.open(into: "main", since: nil).count == 1)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `silence ends by itself`(which: ForgeUnderTest) async throws {
        try await withForge(which, callTimeout: .milliseconds(300)) { scene async throws in
            scene.server.fail(.silence)
            let error = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            #expect(error?.reason == .unavailable)
            #expect(error?.status == nil)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a connection that breaks is no answer, and a write is not sent again`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { $0.open() }
            // What breaks is a connection that was used before: there libcurl would send again by itself.
            _ = try await scene.forge.pullRequest(1)
            scene.server.forgetCalls()
            scene.server.fail(.dropped)
            let error = await forgeError { _ = try await scene.forge.write("text", on: 1, over: nil) }
            #expect(error?.reason == .unavailable)
            #expect(scene.server.repository.comments.isEmpty)
            #expect(scene.server.calls.count == 1)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a forge that is told to wait for is not asked before`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.fail(.status(429, headers: [("Retry-After", "120")]))
            let start = scene.server.repository.now
            let first = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            #expect(first?.retryAt == start + 120)
            scene.server.change { $0.now += 119 }
            let second = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            #expect(second?.reason == .limited)
            #expect(second?.retryAt == start + 120)
            #expect(scene.server.calls.count == 1)
            scene.server.change { $0.now += 1 }
            #expect(try await scene.forge.open(into: "main", since: nil).isEmpty)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a token that was replaced meanwhile is taken after one refusal`(which: ForgeUnderTest) async throws {
        let token = TokenBox("good-token")
        try await withForge(which, credentials: .token { token.value }) { scene in
            scene.server.change { $0.open() }
            _ = try await scene.forge.pullRequest(1)
            scene.server.change { repository in
                repository.tokens = ["new-token": 1]
            }
            scene.server.forgetCalls()
            // The file still holds the old one: one refusal, no second try with the same.
            let error = await forgeError { _ = try await scene.forge.pullRequest(1) }
            #expect(error?.reason == .unauthorized)
            #expect(scene.server.calls.count == 1)
            token.replace(by: "new-token\n")
            #expect(try await scene.forge.pullRequest(1).number == 1)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a token that ends in the middle is renewed and the call made again`(which: ForgeUnderTest) async throws {
        let credentials = ForgeSettings.Credentials.bearer { refused in
            refused == nil ? "old-token" : "good-token"
        }
        try await withForge(which, credentials: credentials) { scene in
            scene.server.change { $0.open() }
            _ = try await scene.forge.write("text", on: 1, over: nil)
            #expect(scene.server.repository.comments.count == 1)
            #expect(scene.server.calls.count == 2)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `no secret is in an error, whatever the forge echoes`(which: ForgeUnderTest) async throws {
        try await withForge(which, isJudged: false) { scene async throws in
            scene.server.fail(
                .reply(ForgeReply(400, ["message": "bad header: token good-token\u{0A}\u{202E}good-token"]))
            )
            let error = try #require(await forgeError { _ = try await scene.forge.open(into: "main", since: nil) })
            #expect(!"\(error)".contains("good-token"))
            #expect(error.message.contains("[secret]"))
            #expect(!error.message.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a secret that cannot be read is not quoted`(which: ForgeUnderTest) async throws {
        struct Leak: Error, CustomStringConvertible { var description: String { "cannot read s3cr3t-value" } }
        try await withForge(which, credentials: .token { throw Leak() }) { scene async throws in
            let error = try #require(await forgeError { _ = try await scene.forge.open(into: "main", since: nil) })
            #expect(error.reason == .unauthorized)
            #expect(!"\(error)".contains("s3cr3t"))
            #expect(scene.server.calls.isEmpty)
        }
    }

    @Test(arguments: ForgeUnderTest.all, ["", "two\nlines", "smörgås"])
    func `a token that no header can carry is refused`(which: ForgeUnderTest, token: String) async throws {
        try await withForge(which, credentials: .token { token }) { scene async throws in
            let error = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            #expect(error?.reason == .unauthorized)
            #expect(scene.server.calls.isEmpty)
        }
    }

    @Test(arguments: ForgeUnderTest.all.filter(\.hasLinks))
    func `a link that leads elsewhere does not get the token`(which: ForgeUnderTest) async throws {
        let description = try ForgeDescription.load(which.dialect.name)
        try await ForgeServer.run(which.dialect, description: description) { evil in
            try await withForge(which) { scene async throws in
                scene.server.change { $0.open() }
                let link = "<\(evil.url)/repos/contoso/mail-flow/pulls?page=2>; rel=\"next\""
                scene.server.fail(.altered { $0.headers = [("Link", link)] })
                let error = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
                #expect(error?.reason == .unreadable)
                #expect(error?.remedy.contains("forge.url") == true)
            }
            #expect(evil.calls.isEmpty)
        }
    }

    @Test(arguments: ForgeUnderTest.all.filter(\.listsReviews))
    func `pages that never end are left`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.review(1, .approved)
            }
            scene.server.fail(
                .altered { [origin = scene.server.url] reply in
                    let link = "<\(origin)/repos/contoso/mail-flow/pulls/1/reviews>; rel=\"next\""
                    reply.headers.append(("Link", link))
                },
                times: 1_000
            ) { $0.path.hasSuffix("/reviews") }
            let request = try await scene.forge.pullRequest(1)
            #expect(!request.reviewsAreComplete)
            #expect(request.reviews.isEmpty)
            #expect(scene.server.calls.count <= 25)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `an answer without end is not read`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            let huge = String(repeating: "x", count: 17 << 20)
            scene.server.fail(.reply(ForgeReply(200, [["title": .string(huge)]])))
            let error = await forgeError { _ = try await scene.forge.pullRequest(1) }
            #expect(error?.reason == .unreadable)
            #expect(error?.isTooLarge == true)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `an answer of another shape is unreadable, not a trap`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            for json: ForgeReply in [
                ForgeReply(200, "text"), ForgeReply(200, ["number": "one"]), ForgeReply(200, 7), ForgeReply(200, [:]),
                ForgeReply(200, ["number": .number("99999999999999999999"), "head": [], "base": .null]),
            ] {
                scene.server.fail(.reply(json))
                let error = await forgeError { _ = try await scene.forge.pullRequest(1) }
                #expect(error?.reason == .unreadable)
            }
        }
    }
}
