import Configuration
import FoundationEssentials
import GitRepositories
import Planning
import Reports

extension TenantRun {
    /// How many commits one run checks; each takes two processes of `ssh-keygen`.
    private static let maximumCommits = 10_000
    /// How much earlier than the commit applied last a commit may be dated, in seconds.
    private static let slack: TimeInterval = 86_400

    /// Checks what a source's `verify` asks of a commit in addition to its own signature, which was checked when it was read.
    mutating func checkSignatures(_ snapshot: SourceSnapshot) async throws {
        guard let verification = source.verification, let last = applied.revision, last != snapshot.commit.id,
            let before = try await commit(last, in: snapshot)
        else { return }
        if verification.mode == .all {
            let commits = try await snapshot.storage.commits(to: snapshot.commit.id, since: last)
            guard commits.count <= Self.maximumCommits else { throw RunStop.tooManyCommits(Self.maximumCommits) }
            try await pass.sources.verify(commits, in: snapshot, by: verification)
        }
        checkDate(of: snapshot.commit, after: before)
    }

    /// A commit signed by a key that has expired since must not pass because its committer wrote an earlier date.
    private mutating func checkDate(of commit: Commit, after last: Commit) {
        guard options.reference == .branch, options.acceptedRevision != commit.id,
            commit.committer.date.timeIntervalSince(last.committer.date) < -Self.slack
        else { return }
        guards.append(
            Guard(
                id: "source-dated-back",
                message: """
                    The commit \(commit.id.prefix(12)) is dated \(commit.committer.date.formatted(.iso8601)), more than a \
                    day before \(last.id.prefix(12)), the commit applied last. Its signature counts at that date, so a \
                    key that has expired since would pass. If the date is right, run apply with --accept-revision \
                    \(commit.id).
                    """
            )
        )
    }

    /// `nil` where the mirror was lost and the branch rewritten.
    private func commit(_ id: String, in snapshot: SourceSnapshot) async throws(GitError) -> Commit? {
        do {
            return try await snapshot.storage.commit(id)
        } catch .noSuchCommit {
            return nil
        }
    }
}

extension RunStop {
    fileprivate static func tooManyCommits(_ limit: Int) -> RunStop {
        RunStop(
            .error,
            id: "signature-too-many",
            "More than \(limit) commits came since the one applied last, and the signature of each would have to be checked.",
            remedy: "Set `verify.mode` of the source to head until this commit is applied."
        )
    }
}
