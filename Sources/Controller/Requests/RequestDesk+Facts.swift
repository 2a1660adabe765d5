import Configuration
import Forges
import FoundationEssentials
import GitRepositories
import PullRequests
import Reconciling

extension RequestDesk {
    /// What git says of a request: its head is fetched, and merged into the branch in memory.
    func facts(
        of request: PullRequest,
        in source: Source,
        at snapshot: SourceSnapshot,
        _ mirror: RequestMirror,
        states: [String: String]
    ) async -> RequestFacts? {
        guard let base = CommitID(snapshot.commit.id) else { return nil }
        let merge: MergeResult
        do throws(GitError) {
            merge = try await mergeResult(of: request, in: source, at: snapshot.commit.id, mirror)
        } catch {
            merges[request.number] = nil
            merge = .failed(reason: error.message, isOurs: error.isOurs)
        }
        return RequestFacts(request: request, base: base, merge: merge, states: states)
    }

    private func mergeResult(
        of request: PullRequest,
        in source: Source,
        at tip: String,
        _ mirror: RequestMirror
    ) async throws(GitError) -> MergeResult {
        let child = SourceReader.child(environment)
        let head = request.head.commit.hex
        if await mirror.head(of: request.number) != head {
            guard let fetched = try await mirror.fetch(request.number, from: request.ref, by: child) else {
                return .failed(reason: "The head of the request is not on the server any more.", isOurs: false)
            }
            guard fetched == head else {
                return .failed(reason: "The head is moving right now.", isOurs: true)
            }
        }
        let outcome: MergeOutcome
        if let known = merges[request.number], known.head == head, known.tip == tip {
            outcome = known.outcome
        } else {
            outcome = try await mirror.merge(head, into: tip, by: child)
            merges[request.number] = KnownMerge(head: head, tip: tip, outcome: outcome)
        }
        switch outcome {
        case .conflict(let paths, _): return .conflict(files: paths)
        case .unrelated:
            return .failed(reason: "The head and the branch have no commit in common.", isOurs: false)
        case .merged(let merged):
            let trees = try await trees(of: source.tenants, from: tip, to: merged.commit, in: mirror)
            let behind = merged.isBehind ? try await mirror.commits(to: tip, since: merged.mergeBase).count : 0
            return .merged(MergedTrees(tenants: trees, behind: behind))
        }
    }

    /// What tenants' definitions are at two commits, by ids that tell of the templates they use as well.
    func trees(
        of tenants: [TenantConfiguration],
        from base: String,
        to merged: String,
        in storage: any GitStorage
    ) async throws(GitError) -> [TenantTrees] {
        let files = tools.shared.files
        let before = try await TenantDefinitions.ids(of: tenants, at: base, in: storage, files)
        let after = try await TenantDefinitions.ids(of: tenants, at: merged, in: storage, files)
        return tenants.map { TenantTrees(tenant: $0.name, base: before[$0.name], merged: after[$0.name]) }
    }

    /// Who made the commits that a request brings; `nil` where they cannot be read, or are too many to look at.
    func committers(_ head: String, since tip: String, _ mirror: RequestMirror) async -> [Committer]? {
        guard let ids = try? await mirror.commits(to: head, since: tip), ids.count <= Self.maximumCommits else {
            return nil
        }
        var people: Set<Committer> = []
        for id in ids {
            guard let commit = try? await mirror.commit(id) else { return nil }
            for person in [commit.author, commit.committer] {
                people.insert(Committer(name: person.name, email: person.email))
            }
        }
        return people.sorted { ($0.email, $0.name) < ($1.email, $1.name) }
    }

    /// How many commits of a request are looked at for who made them.
    private static var maximumCommits: Int { 1_000 }
}

extension GitError {
    /// Whether it is our own trouble, or the server's, that may pass; else it is the request's.
    fileprivate var isOurs: Bool {
        switch self {
        case .remoteTooLarge, .invalidReference, .mergeFailed, .limitPassed, .noSuchCommit: false
        default: true
        }
    }
}
