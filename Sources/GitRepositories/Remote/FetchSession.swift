import CGit2
import FoundationEssentials
import Glibc

/// What a process that fetches once sets up before it talks to a remote.
struct FetchSession {
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

    /// Changes settings of the whole process; the folder must be ours already.
    func prepare() throws(GitError) {
        if case .ssh = url.kind { try preferKnownKeyTypes() }
        _ = Library.start
        try checkFiles()
    }

    func dialogue() -> RemoteDialogue {
        RemoteDialogue(request, url: url, knownHosts: knownHosts, knownHostsPath: knownHostsPath)
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
}
