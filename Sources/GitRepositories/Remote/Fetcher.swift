import CGit2
import FoundationEssentials
import Glibc

/// One fetch with libgit2; it blocks for as long as the remote does, so it belongs in a process that can be killed.
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
        if case .ssh = url.kind {
            let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
            knownHostsPath = request.remote.knownHosts ?? "\(home)/.ssh/known_hosts"
            knownHosts = try KnownHosts(path: knownHostsPath)
        } else {
            knownHostsPath = ""
            knownHosts = KnownHosts("")
        }
    }

    /// Changes settings of the whole process, which does nothing else.
    func run() throws(GitError) -> FetchOutcome {
        let lock = try MirrorLock(folder: request.folder)
        defer { lock.unlock() }
        lock.removeLeftovers()
        if case .ssh = url.kind { try preferKnownKeyTypes() }
        _ = Library.start
        guard Self.isBranch(request.remote.branch) else { throw .invalidBranch(request.remote.branch.printable) }
        try checkFiles()
        return try fetch(into: try Repository.openMirror(request.folder))
    }

    private static func isBranch(_ name: String) -> Bool {
        var isValid: Int32 = 0
        return git_reference_name_is_valid(&isValid, "refs/heads/\(name)") == 0 && isValid == 1
    }

    private func checkFiles() throws(GitError) {
        if url.kind == .https, let caFile = request.remote.caFile {
            guard access(caFile, R_OK) == 0 else {
                throw .caFileUnreadable(path: caFile, detail: String(cString: strerror(errno)))
            }
            guard cgit2_set_ca_file(caFile) == 0 else {
                throw .caFileUnreadable(path: caFile, detail: Library.lastError().text)
            }
        }
        if case .sshKey(let key, _, _) = request.remote.credentials, access(key, R_OK) != 0 {
            throw .keyUnusable(path: key, detail: String(cString: strerror(errno)))
        }
    }

    /// Lets the server show the type of key that the operator has recorded.
    ///
    /// libgit2 1.5.1 asks for the types that it finds in `.ssh/known_hosts` in the home folder that it saw when it was started, so
    /// it gets a home with this host's lines; libssh2 alone would ask for ECDSA first.
    private func preferKnownKeyTypes() throws(GitError) {
        let home = "\(request.folder)/mitregate-home"
        let lines = knownHosts.plainLines(for: url.host, port: url.port)
        do {
            try FileManager.default.createDirectory(atPath: "\(home)/.ssh", withIntermediateDirectories: true)
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: "\(home)/.ssh/known_hosts"))
        } catch {
            throw .storage(path: home, detail: "\(error)".printable)
        }
        setenv("HOME", home, 1)
    }

    private func fetch(into repository: Repository) throws(GitError) -> FetchOutcome {
        let dialogue = RemoteDialogue(request, url: url, knownHosts: knownHosts, knownHostsPath: knownHostsPath)
        let remote = try Remote(url: request.remote.url, in: repository, dialogue: dialogue)
        let branch = request.remote.branch
        let previous = repository.reference(GitMirror.reference(to: branch))
        let tip = try remote.tip(of: branch)
        let isHere = try repository.hasCommit(tip)
        if tip != previous || !isHere {
            try remote.download("+refs/heads/\(branch):\(GitMirror.reference(to: branch))")
            guard try repository.hasCommit(tip) else {
                throw .remoteRefused(url: url.shown, detail: "the server did not send the commit \(tip)")
            }
            try repository.setReference(GitMirror.reference(to: branch), to: tip)
        }
        var descends = true
        if let previous, previous != tip { descends = try repository.isAncestor(previous, of: tip) }
        return FetchOutcome(previous: previous, commit: tip, descends: descends, receivedBytes: remote.receivedBytes)
    }
}
