import FoundationEssentials

/// Where commits of ours are made, in memory and on top of a source's branch, and from where they are pushed.
///
/// It has a folder of its own next to the source's mirror, whose objects it sees; the folder can be deleted at any time.
/// A push never replaces a commit that the caller does not name as ours: what the server's branch is at is read in the
/// connection of the push, and the server itself compares it once more.
package struct BranchMirror: GitStorage {
    package let folder: String
    package let remote: GitRemote
    /// The repository that has the branch: the source's mirror, or the source itself where it is a path.
    package let base: String
    package var limits = FetchLimits()

    package init(folder: String, remote: GitRemote, base: String) {
        self.folder = folder
        self.remote = remote
        self.base = base
    }

    package var repositoryPath: String { folder }

    /// Makes a commit; nothing is sent yet, and it is the same commit for the same change, unless the key's signatures differ.
    ///
    /// - Returns: `nil` when the change leaves every file as it is.
    /// - Throws: Also `missingFile`, `notAFile`, `symbolicLink` or `submodule` for a file that cannot be changed.
    package func compose(
        _ change: BranchChange,
        signedWith key: SigningKey? = nil,
        by child: GitChild
    ) async throws(GitError) -> BranchCommit? {
        try change.checkLimits()
        guard case .composed(let text) = try await child.answer(to: request(.compose(change, base: base))) else {
            throw .childFailed(detail: "it answered another question")
        }
        guard let text else { return nil }
        let payload = Array(text)
        var signature: String?
        if let key { signature = try await key.sign(payload) }
        return try BranchCommit(text: payload, signature: signature)
    }

    /// Puts a branch of the server at a commit that was composed here.
    ///
    /// - Parameter ours: Commits of ours that the branch may be at now; at any other it is left alone.
    /// - Throws: `branchMoved` when it is at another commit, `pushRefused` when the server does not take it.
    package func push(
        _ commit: BranchCommit,
        to branch: String,
        replacing ours: [String],
        by child: GitChild
    ) async throws(GitError) -> PushOutcome {
        try await push(BranchPush(branch: branch, commit: commit, ours: ours), by: child)
    }

    /// Removes a branch of the server; one that is gone already is not an error.
    ///
    /// - Parameter ours: Commits of ours that the branch may be at; at any other it is left alone.
    /// - Throws: `branchMoved` when it is at another commit, `pushRefused` when the server does not take it.
    package func remove(
        _ branch: String,
        at ours: [String],
        by child: GitChild
    ) async throws(GitError) -> PushOutcome {
        try await push(BranchPush(branch: branch, commit: nil, ours: ours), by: child)
    }

    /// Where branches of the server are now, by their names; one that is not there is left out.
    ///
    /// - Parameter branches: Without `refs/heads/`; at most a thousand, more are passed over. With none it only finds out
    ///   whether the server takes pushes from us.
    package func tips(of branches: [String], by child: GitChild) async throws(GitError) -> [String: String] {
        _ = try GitURL(remote.url)
        guard case .tips(let commits) = try await child.answer(to: request(.tips(of: branches, base: base))) else {
            throw .childFailed(detail: "it answered another question")
        }
        return commits
    }

    private func push(_ push: BranchPush, by child: GitChild) async throws(GitError) -> PushOutcome {
        _ = try GitURL(remote.url)
        guard case .pushed(let outcome) = try await child.answer(to: request(.push(push, base: base))) else {
            throw .childFailed(detail: "it answered another question")
        }
        return outcome
    }

    private func request(_ question: GitQuestion) -> FetchRequest {
        FetchRequest(folder: folder, remote: remote, limits: limits, question: question)
    }
}

/// What a push came to.
package enum PushOutcome: String, Hashable, Codable, Sendable {
    case done
    /// The branch was as wanted already.
    case unchanged
}

/// What the child process is to do with a branch of the server.
struct BranchPush: Hashable, Codable, Sendable {
    var branch: String
    /// `nil`: the branch is removed.
    var commit: BranchCommit?
    var ours: [String]
}
