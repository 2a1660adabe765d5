import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing
import Transfers

/// The back door that scripts use, seen through the forge's own API.
@Suite struct ForgeControlTests {
    private static let forge = ForgeUnderTest(kind: .gitea, dialect: GiteaDialect(version: .new))
    private static let first = String(repeating: "a", count: 40)
    private static let second = String(repeating: "b", count: 40)

    @Test func `a script opens, approves, pushes to and merges a request`() async throws {
        try await withForge(Self.forge) { scene async throws in
            let server = scene.server
            #expect(try await Self.post(server, "push", #"{"branch": "x", "commit": "\#(Self.first)"}"#) == 204)
            #expect(try await Self.post(server, "open", #"{"branch": "x", "title": "Add"}"#) == 201)
            #expect(try await scene.forge.pullRequest(1).head.commit.description == Self.first)
            #expect(try await Self.post(server, "review", #"{"number": 1, "verdict": "approved"}"#) == 204)
            #expect(try await scene.forge.pullRequest(1).reviews.map(\.verdict) == [.approved])

            #expect(try await Self.post(server, "push", #"{"branch": "x", "commit": "\#(Self.second)"}"#) == 204)
            #expect(try await scene.forge.pullRequest(1).head.commit.description == Self.second)
            #expect(try await scene.forge.pullRequest(1).reviews.map(\.verdict) == [.dismissed])

            let merge = #"{"number": 1, "commit": "\#(Self.second)"}"#
            #expect(try await Self.post(server, "merge", merge) == 204)
            #expect(server.repository.branches["main"] == Self.second)
            #expect(try await Self.post(server, "merge", merge) == 422, "it is merged already")
        }
    }

    @Test(arguments: [
        ("push", #"{"branch": "x", "commit": "main"}"#), ("push", "{"), ("open", #"{"branch": "y", "title": "Add"}"#),
        ("review", #"{"number": 7, "verdict": "approved"}"#), ("merge", #"{"number": "1"}"#),
    ])
    func `what names nothing changes nothing`(path: String, body: String) async throws {
        try await withForge(Self.forge) { scene async throws in
            #expect(try await Self.post(scene.server, path, body) == 422)
            #expect(scene.server.repository.requests.isEmpty)
        }
    }

    private static func post(_ server: ForgeServer, _ path: String, _ body: String) async throws -> Int {
        let headers = [(name: "Content-Type", value: "application/json")]
        let request = HTTPRequest(.post, "\(server.origin)/simulator/\(path)", headers: headers, body: Array(body.utf8))
        return try await TransferPool().send(request).status
    }
}
