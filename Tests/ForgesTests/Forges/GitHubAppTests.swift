import CryptoExtras
import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// Signing in as an App; the pretended GitHub checks signature, issuer and times of each token.
@Suite struct GitHubAppTests {
    private static func tokenCalls(_ server: ForgeServer) -> [ForgeCall] {
        server.calls.filter { $0.path.hasSuffix("/access_tokens") }
    }

    @Test func `a token is for the one repository and for what is needed there`() async throws {
        try await withForge(AppKey.forge(), credentials: AppKey.credentials) { scene in
            scene.server.change { $0.open() }
            #expect(try await scene.forge.open(into: "main", since: nil).count == 1)
            let call = try #require(Self.tokenCalls(scene.server).first)
            #expect(call.path == "/app/installations/99/access_tokens")
            #expect(call.json?["repositories"] == ["mail-flow"])
            #expect(
                call.json?["permissions"] == [
                    "contents": "read", "metadata": "read", "pull_requests": "write", "statuses": "write",
                ]
            )
        }
    }

    @Test func `a token is kept for fifty minutes`() async throws {
        try await withForge(AppKey.forge(), credentials: AppKey.credentials) { scene in
            _ = try await scene.forge.open(into: "main", since: nil)
            scene.server.change { $0.now += 49 * 60 }
            _ = try await scene.forge.open(into: "main", since: nil)
            #expect(Self.tokenCalls(scene.server).count == 1)
            scene.server.change { $0.now += 61 }
            _ = try await scene.forge.open(into: "main", since: nil)
            #expect(Self.tokenCalls(scene.server).count == 2)
        }
    }

    @Test func `a token that is refused is renewed once, and the write made again`() async throws {
        try await withForge(AppKey.forge(), credentials: AppKey.credentials) { scene in
            scene.server.change { $0.open() }
            _ = try await scene.forge.pullRequest(1)
            scene.server.change { $0.tokens = [:] }
            scene.server.forgetCalls()
            _ = try await scene.forge.write("### plan", on: 1, over: nil)
            #expect(scene.server.repository.comments.count == 1)
            #expect(scene.server.calls.count == 3)
        }
    }

    @Test func `many calls at once ask for one token`() async throws {
        try await withForge(AppKey.forge(), credentials: AppKey.credentials) { scene async throws in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { _ = try? await scene.forge.open(into: "main", since: nil) }
                }
            }
            #expect(Self.tokenCalls(scene.server).count == 1)
        }
    }

    @Test func `where renewing fails for the moment the old token does`() async throws {
        try await withForge(AppKey.forge(), credentials: AppKey.credentials) { scene in
            _ = try await scene.forge.open(into: "main", since: nil)
            scene.server.change { $0.now += 51 * 60 }
            scene.server.fail(.status(500)) { $0.path.hasSuffix("/access_tokens") }
            _ = try await scene.forge.open(into: "main", since: nil)
            #expect(Self.tokenCalls(scene.server).count == 2)
        }
    }

    @Test func `an App that is told to wait asks for no token before`() async throws {
        try await withForge(AppKey.forge(), credentials: AppKey.credentials) { scene async throws in
            scene.server.fail(.status(429, headers: [("Retry-After", "120")]))
            let start = scene.server.repository.now
            for _ in 0..<3 {
                let error = await forgeError { _ = try await scene.forge.open(into: "main", since: nil) }
                #expect(error?.reason == .limited)
                #expect(error?.retryAt == start + 120)
            }
            #expect(scene.server.calls.count == 1)
            scene.server.change { $0.now += 120 }
            #expect(try await scene.forge.open(into: "main", since: nil).isEmpty)
        }
    }

    @Test func `an App knows its own comments`() async throws {
        try await withForge(AppKey.forge(), credentials: AppKey.credentials) { scene in
            scene.server.change { $0.open() }
            let ourselves = try await scene.forge.ourselves()
            #expect(ourselves.login == "mitregate[bot]")
            #expect(ourselves.isBot)
            _ = try await scene.forge.write("### plan", on: 1, over: nil)
            let comment = try #require(try await scene.forge.comments(on: 1, since: .distantPast).first)
            #expect(comment.author == ourselves)
        }
    }

    @Test func `an App may write itself, and no other bot`() async throws {
        try await withForge(AppKey.forge(), credentials: AppKey.credentials) { scene in
            let ourselves = try await scene.forge.ourselves()
            #expect(try await scene.forge.mayWrite(ourselves))
            #expect(try await !scene.forge.mayWrite(Person(id: "bot:x[bot]", login: "x[bot]", isBot: true)))
        }
    }

    @Test func `the wrong key is refused, and not shown`() async throws {
        let other = try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation
        for key in [other, "not a key at all", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"] {
            let credentials = ForgeSettings.Credentials.app(id: "4711", installation: 99, privateKey: { key })
            try await withForge(AppKey.forge(), credentials: credentials) { scene async throws in
                let error = try #require(await forgeError { _ = try await scene.forge.open(into: "main", since: nil) })
                #expect(error.reason == .unauthorized)
                #expect(!"\(error)".contains("BEGIN"))
                #expect(!"\(error)".contains("not a key at all"))
            }
        }
    }
}
