import CGit2
import FoundationEssentials
import Glibc

/// One fetch with libgit2; it blocks for as long as the remote does, so it belongs into a process that can be killed.
///
/// The objects arrive in a pack that gets its name when it is whole; only then does `refs/mitregate/BRANCH` move. Whoever
/// reads the mirror meanwhile sees the commit before.
struct Fetcher {
    let request: FetchRequest
    private let url: GitURL
    private let knownHosts: KnownHosts
    private let knownHostsPath: String

    init(_ request: FetchRequest) throws(GitError) {
        self.request = request
        url = try GitURL(request.remote.url)
        guard git_reference_name_is_valid_for(request.remote.branch) else {
            throw .invalidBranch(request.remote.branch.printable)
        }
        if case .ssh = url.kind {
            let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
            knownHostsPath = request.remote.knownHosts ?? "\(home)/.ssh/known_hosts"
            knownHosts = try KnownHosts(path: knownHostsPath)
        } else {
            knownHostsPath = ""
            knownHosts = KnownHosts("")
        }
    }

    /// - Parameter ownsProcess: Whether settings that hold for the whole process may be made.
    func run(ownsProcess: Bool) throws(GitError) -> FetchOutcome {
        _ = Library.start
        let lock = try MirrorLock(folder: request.folder)
        defer { lock.unlock() }
        if ownsProcess { try prepareProcess() }
        lock.removeLeftovers()
        let repository = try Repository.openMirror(request.folder)
        return try fetch(into: repository)
    }

    private func prepareProcess() throws(GitError) {
        if url.kind == .https, let caFile = request.remote.caFile {
            guard access(caFile, R_OK) == 0 else {
                throw .caFileUnreadable(path: caFile, detail: String(cString: strerror(errno)))
            }
            guard cgit2_set_ca_file(caFile) == 0 else {
                throw .caFileUnreadable(path: caFile, detail: Library.lastError().text)
            }
        }
        if case .ssh = url.kind { try preferKnownKeyTypes() }
        if case .sshKey(let key, _, _) = request.remote.credentials, access(key, R_OK) != 0 {
            throw .keyUnusable(path: key, detail: String(cString: strerror(errno)))
        }
    }

    /// Lets the server show the type of key that the operator has recorded.
    ///
    /// libgit2 asks for the types that it finds in `.ssh/known_hosts` below git's global folder, so it is shown one with this
    /// host's lines. Source: `load_known_hosts` in libgit2 1.5.1, src/libgit2/transports/ssh.c.
    private func preferKnownKeyTypes() throws(GitError) {
        let folder = "\(request.folder)/mitregate-ssh"
        let lines = knownHosts.plainLines(for: url.host, port: url.port)
        do {
            try FileManager.default.createDirectory(atPath: "\(folder)/.ssh", withIntermediateDirectories: true)
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: "\(folder)/.ssh/known_hosts"))
        } catch {
            throw .storage(path: folder, detail: "\(error)".printable)
        }
        _ = cgit2_set_search_path(Int32(GIT_CONFIG_LEVEL_GLOBAL.rawValue), folder)
    }

    private func fetch(into repository: Repository) throws(GitError) -> FetchOutcome {
        let dialogue = RemoteDialogue(request, url: url, knownHosts: knownHosts, knownHostsPath: knownHostsPath)
        let remote = try Remote(url: request.remote.url, in: repository, dialogue: dialogue)
        let branch = request.remote.branch
        let previous = repository.reference(GitMirror.reference(to: branch))
        let tip = try remote.tip(of: branch)
        if tip != previous || !repository.hasCommit(tip) {
            try remote.download("+refs/heads/\(branch):\(GitMirror.reference(to: branch))")
            guard repository.hasCommit(tip) else {
                throw .remoteRefused(url: url.shown, detail: "the server did not send the commit \(tip)")
            }
            try repository.setReference(GitMirror.reference(to: branch), to: tip)
        }
        var descends = true
        if let previous, previous != tip { descends = try repository.isAncestor(previous, of: tip) }
        return FetchOutcome(previous: previous, commit: tip, descends: descends, receivedBytes: remote.receivedBytes)
    }
}

private func git_reference_name_is_valid_for(_ branch: String) -> Bool {
    var isValid: Int32 = 0
    return git_reference_name_is_valid(&isValid, "refs/heads/\(branch)") == 0 && isValid == 1
}
