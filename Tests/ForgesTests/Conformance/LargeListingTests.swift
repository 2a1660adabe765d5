import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// Listings in which a stranger wrote more than is read, or that move while they are read.
@Suite struct LargeListingTests {
    private static let huge = ForgeReply(200, [.string(String(repeating: "x", count: 17 << 20))])

    /// A page becomes too large where it holds an element that is meant.
    private static func swell(where isMeant: @escaping @Sendable (JSONValue) -> Bool) -> ForgeFault {
        .altered { reply in
            guard case .array(let elements)? = reply.json, elements.contains(where: isMeant) else { return }
            reply = huge
        }
    }

    @Test(arguments: ForgeUnderTest.all.filter(\.hasLinks))
    func `rule 13: a request that is too large to be read hides nothing but itself`(which: ForgeUnderTest) async throws
    {
        try await withForge(which) { scene async throws in
            scene.server.change { repository in
                for number in 1...12 { repository.open(head: "branch-\(number)") }
            }
            let fault = Self.swell { json in
                json["number"] == .number("7") || json["iid"] == .number("7")
            }
            scene.server.fail(fault, times: 1_000) { !$0.path.hasSuffix("/7") }
            let numbers = try await scene.forge.open(into: "main", since: nil).map(\.number)
            #expect(numbers.sorted() == Array(1...6) + Array(8...12))
            #expect(scene.server.calls.count <= 12)
        }
    }

    @Test(arguments: ForgeUnderTest.all.filter(\.hasLinks))
    func `a request that a listing names twice is one`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.open(head: "other")
            }
            scene.server.fail(
                .altered { reply in
                    guard case .array(let elements)? = reply.json else { return }
                    reply.json = .array(elements + elements)
                }
            )
            let numbers = try await scene.forge.open(into: "main", since: nil).map(\.number)
            #expect(numbers.sorted() == [1, 2])
        }
    }

    @Test(arguments: ForgeUnderTest.all.filter(\.listsReviews))
    func `where a review is too large no approval counts, and the request is known`(which: ForgeUnderTest) async throws
    {
        try await withForge(which) { scene async throws in
            scene.server.change { repository in
                repository.open()
                repository.review(1, .approved)
            }
            let whole = try await scene.forge.pullRequest(1)
            #expect(whole.reviewsAreComplete)
            #expect(whole.reviews.map(\.verdict) == [.approved])
            scene.server.fail(Self.swell { _ in true }, times: 1_000) { $0.path.hasSuffix("/reviews") }
            let request = try await scene.forge.pullRequest(1)
            #expect(request.state == .open)
            #expect(!request.reviewsAreComplete)
            #expect(request.reviews.isEmpty)
        }
    }

    @Test func `a comment that is too large to be read hides nothing but itself`() async throws {
        for which in ForgeUnderTest.all where which.kind == .github || which.kind == .gitlab {
            try await withForge(which) { scene async throws in
                scene.server.change { repository in
                    repository.open()
                    for number in 1...7 { repository.comment(on: 1, "comment \(number)") }
                }
                let fault = Self.swell { $0["body"] == "comment 3" }
                scene.server.fail(fault, times: 1_000) { $0.method == "GET" }
                let texts = try await scene.forge.comments(on: 1, since: .distantPast).map(\.text)
                #expect(texts == [1, 2, 4, 5, 6, 7].map { "comment \($0)" })
            }
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a clock that is set back does not silence a forge`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.fail(.status(429, headers: [("Retry-After", "120")]))
            _ = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
            scene.server.change { $0.now -= 86_400 }
            #expect(try await scene.forge.open(into: "main", since: nil).isEmpty)
        }
    }
}
