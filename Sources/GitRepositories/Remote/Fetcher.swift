import CGit2

/// One fetch with libgit2; it blocks for as long as the remote does, so it belongs in a process that can be killed.
///
/// The objects arrive in a pack that gets its name when it is whole; only then does `refs/mitregate/BRANCH` move. Whoever
/// reads the mirror meanwhile sees the commit before.
struct Fetcher {
    let request: FetchRequest
    private let session: FetchSession

    init(_ request: FetchRequest) throws(GitError) {
        self.request = request
        session = try FetchSession(request)
    }

    /// Changes settings of the whole process, which does nothing else.
    func run() throws(GitError) -> FetchOutcome {
        let lock = try MirrorLock(folder: request.folder)
        defer { lock.unlock() }
        lock.removeLeftovers()
        try session.prepare()
        guard Self.isBranch(request.remote.branch) else { throw .invalidBranch(request.remote.branch.printable) }
        return try fetch(into: try Repository.openMirror(request.folder))
    }

    private static func isBranch(_ name: String) -> Bool {
        var isValid: Int32 = 0
        return git_reference_name_is_valid(&isValid, "refs/heads/\(name)") == 0 && isValid == 1
    }

    private func fetch(into repository: Repository) throws(GitError) -> FetchOutcome {
        let dialogue = session.dialogue()
        let remote = try Remote(url: request.remote.url, in: repository, dialogue: dialogue)
        let branch = request.remote.branch
        let previous = repository.reference(GitMirror.reference(to: branch))
        let tip = try remote.tip(of: branch)
        let isHere = try repository.hasCommit(tip)
        if tip != previous || !isHere {
            // What a reference names counts as here for the server, so that it would not send it.
            if let previous, try !repository.hasCommit(previous) {
                try repository.removeReference(GitMirror.reference(to: branch))
            }
            try remote.download("+refs/heads/\(branch):\(GitMirror.reference(to: branch))")
            guard try repository.hasCommit(tip) else {
                throw .remoteRefused(url: dialogue.url.shown, detail: "the server did not send the commit \(tip)")
            }
            try repository.setReference(GitMirror.reference(to: branch), to: tip)
        }
        var descends = true
        if let previous, previous != tip {
            let isKnown = try repository.hasCommit(previous)
            descends = isKnown ? try repository.isAncestor(previous, of: tip) : false
        }
        return FetchOutcome(previous: previous, commit: tip, descends: descends, receivedBytes: remote.receivedBytes)
    }
}
