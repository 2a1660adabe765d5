import ForgeSimulator
import Forges
import Foundation
import Synchronization
import TestSupport
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
    var ref: @Sendable (PullRequest) -> String = { "refs/pull/\($0.number)/head" }
    /// Where a listing tells when a request changed.
    var listsChanges = true
    /// Where a listing tells the base's tip.
    var listsBaseCommit = true
    /// Where a deleted fork can be told from one that is there.
    var knowsGoneForks = true
    /// Where a commit that was pushed away takes no status any more.
    var losesCommits = true
    /// Where a listing's next page is a `Link`.
    var hasLinks = true
    /// Where reviews are a listing of their own.
    var listsReviews = true
    /// What a review can say.
    var verdicts: Set<Review.Verdict> = [.approved, .changesRequested, .commented]

    var testDescription: String { kind.name }

    static let all: [ForgeUnderTest] = [
        ForgeUnderTest(kind: .github, dialect: GitHubDialect(), tellsEntityTags: true),
        ForgeUnderTest(kind: .gitea, dialect: GiteaDialect("gitea")),
        ForgeUnderTest(kind: .forgejo, dialect: GiteaDialect("forgejo", version: .old)),
        gitLab, azureDevOps,
    ]

    static let gitLab = ForgeUnderTest(
        kind: .gitlab,
        dialect: GitLabDialect(),
        tellsEntityTags: true,
        ref: { "refs/merge-requests/\($0.number)/head" },
        listsBaseCommit: false,
        listsReviews: false,
        verdicts: [.approved]
    )

    static let azureDevOps = ForgeUnderTest(
        kind: .azureDevOps,
        dialect: AzureDevOpsDialect(),
        ref: { $0.head.origin == .same ? "refs/heads/\($0.head.branch)" : "refs/pull/\($0.number)/merge" },
        listsChanges: false,
        knowsGoneForks: false,
        losesCommits: false,
        hasLinks: false,
        listsReviews: false,
        verdicts: [.approved, .changesRequested]
    )
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
