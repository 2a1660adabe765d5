import CGit2
import FoundationEssentials

/// Pushes one branch with a lease; it blocks for as long as the server does, so it belongs in a process that can be killed.
struct BranchPusher {
    let request: FetchRequest
    let push: BranchPush
    let base: String

    func run() throws(GitError) -> PushOutcome {
        let reference = try checkedReference()
        let session = try FetchSession(request)
        let lock = try MirrorLock(folder: request.folder)
        defer { lock.unlock() }
        lock.removeLeftovers()
        try session.prepare()
        let repository = try RequestRepository.open(request.folder, base: base)
        let own = "refs/mitregate-branches/\(push.branch)"
        if let commit = push.commit { try keep(commit, as: own, in: repository) }
        let dialogue = session.dialogue()
        do throws(GitError) {
            let remote = try Remote(url: request.remote.url, in: repository, dialogue: dialogue, toPush: true)
            let tip = try remote.commit(named: reference)
            guard tip != push.commit?.id else { return .unchanged }
            if let tip, !push.ours.contains(tip) {
                throw .branchMoved(url: dialogue.url.shown, branch: push.branch.printable, commit: tip)
            }
            try remote.upload(
                PushLease(
                    source: push.commit == nil ? "" : own,
                    reference: reference,
                    former: tip,
                    new: push.commit?.id
                )
            )
            return .done
        } catch {
            throw error.whilePushing(to: push.branch.printable)
        }
    }

    private func checkedReference() throws(GitError) -> String {
        _ = Library.start
        let name = "refs/heads/\(push.branch)"
        var isValid: Int32 = 0
        guard push.branch.utf8.count <= 1_000, git_reference_name_is_valid(&isValid, name) == 0, isValid == 1,
            push.branch != request.remote.branch
        else { throw .invalidBranch(String(push.branch.prefix(200)).printable) }
        return name
    }

    private func keep(_ commit: BranchCommit, as name: String, in repository: Repository) throws(GitError) {
        var id = git_oid()
        let object = Array(commit.object)
        guard git_odb_write(&id, try repository.database(), object, object.count, GIT_OBJECT_COMMIT) == 0 else {
            throw repository.failure()
        }
        guard ObjectID(id).text == commit.id else { throw .noSuchCommit(id: commit.id.printable) }
        try repository.setReference(name, to: commit.id)
    }
}

/// What one push may do: move one reference from where it was seen to be.
struct PushLease {
    /// The reference here; empty where the server's is to be removed.
    var source: String
    var reference: String
    /// Where the server said that it is; `nil`: it is not there.
    var former: String?
    /// `nil`: it is removed.
    var new: String?

    /// The lease holds what was seen, so what is sent may be forced.
    var specification: String { source.isEmpty ? ":\(reference)" : "+\(source):\(reference)" }

    /// Whether this is what libgit2 is about to ask of the server.
    func allows(_ update: git_push_update) -> Bool {
        guard let name = update.dst_refname, String(cString: name) == reference else { return false }
        return Self.text(update.src) == former && Self.text(update.dst) == new
    }

    private static func text(_ id: git_oid) -> String? {
        var id = id
        return git_oid_is_zero(&id) == 1 ? nil : ObjectID(id).text
    }
}

extension GitError {
    /// What a failed fetch and a failed push say alike, told of the push.
    fileprivate func whilePushing(to branch: String) -> GitError {
        guard case .remoteRefused(let url, let detail) = self else { return self }
        return .pushRefused(url: url, branch: branch, detail: detail)
    }
}
