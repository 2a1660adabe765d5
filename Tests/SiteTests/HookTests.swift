import Foundation
import Site
import Synchronization
import Testing
import Transfers

/// What forges post.
struct HookTests {
    static let hook = String(repeating: "0a", count: 32)

    @Test func `a delivery is passed on as it came, and answered with nothing`() async throws {
        try await withSite { (site: TestSite) async throws in
            let response = try await site.send(
                .post,
                "/hook/\(Self.hook)",
                body: "{\"a\": 1}\u{0}",
                headers: [("Content-Type", "text/plain"), ("X-Hub-Signature-256", "sha256=00")]
            )
            #expect(response.status == 204)
            #expect(response.body.isEmpty)
            let asked = site.model.asked.withLock { $0 }
            #expect(asked.count == 1)
            #expect(asked.first?.hasPrefix("\(Self.hook) got 9 bytes") == true)
            #expect(asked.first?.lowercased().contains("x-hub-signature-256: sha256=00") == true)
        }
    }

    @Test func `a body of a mebibyte is taken, one byte more is not, and no other address takes so much`() async throws
    {
        try await withSite(tokens: [.ops]) { (site: TestSite) async throws in
            let largest = String(repeating: "a", count: HookDelivery.limit)
            #expect(try await site.send(.post, "/hook/\(Self.hook)", body: largest).status == 204)
            let beyond = try await site.send(.post, "/hook/\(Self.hook)", body: largest + "a")
            // A forge gives up a hook that refuses.
            #expect(beyond.status == 204)
            #expect(site.model.asked.withLock { $0.count } == 1)
            let request = try await site.send(.post, "/api/v1/requests", token: .ops, body: largest)
            #expect(request.status == 413)
        }
    }

    @Test func `a body for a hook that is not there is not read`() async throws {
        try await withSite { (site: TestSite) async throws in
            let other = String(repeating: "0b", count: 32)
            #expect(try await site.send(.post, "/hook/\(other)", body: "{}").status == 204)
            #expect(site.model.asked.withLock { $0.isEmpty })
        }
    }

    @Test(arguments: [
        "/hook/", "/hook/../x", "/hook/a/b", "/hook/%2e%2e%2fx", "/hook/\(String(repeating: "a", count: 65))",
    ])
    func `what cannot be a hook is not found`(path: String) async throws {
        try await withSite { (site: TestSite) async throws in
            #expect(try await site.send(.post, path, body: "{}").status == 404)
            #expect(site.model.asked.withLock { $0.isEmpty })
        }
    }

    @Test func `a hook is not read`() async throws {
        try await withSite { (site: TestSite) async throws in
            #expect(try await site.send(.get, "/hook/\(Self.hook)").status == 405)
        }
    }
}
