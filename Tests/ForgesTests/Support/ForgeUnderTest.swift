import ForgeSimulator
import Forges
import Foundation
import Synchronization
import Testing
import Transfers

/// A kind of forge and the pretended one that answers in its place; the table of behaviours runs over all of them.
struct ForgeUnderTest: Sendable, CustomTestStringConvertible {
    var kind: ForgeSettings.Kind
    var dialect: any ForgeDialect
    var repository = "contoso/mail-flow"
    /// Where an idle look costs nothing of the limit.
    var tellsEntityTags = false
    /// How the forge names a request's head to git.
    var ref: @Sendable (Int) -> String = { "refs/pull/\($0)/head" }

    var testDescription: String { kind.name }

    static let all: [ForgeUnderTest] = [
        ForgeUnderTest(kind: .github, dialect: GitHubDialect(), tellsEntityTags: true),
        ForgeUnderTest(kind: .gitea, dialect: GiteaDialect("gitea")),
        ForgeUnderTest(kind: .forgejo, dialect: GiteaDialect("forgejo", version: .old)),
    ]
}

/// What a test of a forge works with.
struct ForgeScene: Sendable {
    var forge: any Forge
    var server: ForgeServer
    var clock: SkippingClock
}

/// The token that `withForge` signs in with; a test may replace it while the forge is in use.
final class TokenBox: Sendable {
    private let text: Mutex<String>
    private let count = Mutex(0)

    init(_ text: String) { self.text = Mutex(text) }

    var value: String {
        count.withLock { $0 += 1 }
        return text.withLock { $0 }
    }

    var reads: Int { count.withLock { $0 } }

    func replace(by other: String) { text.withLock { $0 = other } }
}

/// Runs a forge over a server that holds every call and answer to the forge's description.
func withForge(
    _ which: ForgeUnderTest,
    credentials: ForgeSettings.Credentials = .token { "good-token" },
    callTimeout: Duration = .seconds(20),
    isJudged: Bool = true,
    _ body: (ForgeScene) async throws -> Void
) async throws {
    let description = try ForgeDescription.load(which.dialect.name)
    let pool = try TransferPool()
    try await ForgeServer.run(which.dialect, description: description) { server in
        let clock = SkippingClock()
        let timing = ForgeTiming(clock: clock, now: { server.repository.now }, callTimeout: callTimeout)
        let settings = ForgeSettings(
            kind: which.kind,
            url: server.url,
            repository: which.repository,
            credentials: credentials
        )
        let forge = try settings.forge(pool: pool, timing: timing)
        try await body(ForgeScene(forge: forge, server: server, clock: clock))
        if isJudged { #expect(server.complaints == []) }
    }
}

/// The error that a call ends with.
func forgeError(_ body: () async throws -> Void, at location: SourceLocation = #_sourceLocation) async -> ForgeError? {
    do {
        try await body()
        Issue.record("it did not throw", sourceLocation: location)
        return nil
    } catch {
        if !(error is ForgeError) { Issue.record("\(error)", sourceLocation: location) }
        return error as? ForgeError
    }
}

extension CommitID {
    /// A commit of the pretended repository.
    init(seed: String) throws { self = try #require(CommitID(PretendedRepository.commit(seed))) }
}
