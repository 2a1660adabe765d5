import CGit2
import FoundationEssentials
import Glibc

/// Fetches a request's head into the repository of heads; it blocks, so it belongs in a process that can be killed.
struct RequestFetcher {
    let request: FetchRequest
    let number: Int
    let reference: String
    let base: String
    let room: Int

    func run() throws(GitError) -> String? {
        let reference = try checkedReference()
        return try RequestRepository.fetching(request, base: base, room: room) {
            repository,
            remote,
            dialogue throws(GitError) in
            guard let head = try remote.commit(named: reference) else { return nil }
            let own = RequestMirror.reference(to: number)
            let isHere = try repository.hasCommit(head)
            let former = repository.reference(own)
            if former != head || !isHere {
                // What a reference names counts as here for the server, so that it would not send it.
                if let former, try !repository.hasCommit(former) { try repository.removeReference(own) }
                try remote.download("+\(reference):\(own)")
                guard try repository.hasCommit(head) else {
                    throw .remoteRefused(url: dialogue.url.shown, detail: "the server did not send the commit \(head)")
                }
                try repository.setReference(own, to: head)
            }
            return head
        }
    }

    /// The forge's word for where the head lies; a branch in it has its author's name.
    private func checkedReference() throws(GitError) -> String {
        _ = Library.start
        var isValid: Int32 = 0
        guard reference.hasPrefix("refs/"), reference.utf8.count <= 1_024, number > 0,
            git_reference_name_is_valid(&isValid, reference) == 0, isValid == 1
        else { throw .invalidReference(String(reference.prefix(200)).printable) }
        return reference
    }
}

/// The repository of heads, made where there is none, with the branch's own objects behind it.
enum RequestRepository {
    /// Fetches into it under its lock, as long as there is room.
    ///
    /// - Parameters:
    ///   - base: The repository that has the branch.
    ///   - room: How many bytes of packs it may have before.
    static func fetching<Result>(
        _ request: FetchRequest,
        base: String,
        room: Int,
        _ body: (Repository, Remote, RemoteDialogue) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        let session = try FetchSession(request)
        let lock = try MirrorLock(folder: request.folder)
        defer { lock.unlock() }
        lock.removeLeftovers()
        try session.prepare()
        let repository = try open(request.folder, base: base)
        guard RequestFolder.packedBytes(in: request.folder) < room else {
            throw .requestsTooLarge(limit: "\(room >> 20) MiB")
        }
        try offerBranch(request.remote.branch, of: base, in: repository)
        let dialogue = session.dialogue()
        return try body(repository, try Remote(url: request.remote.url, in: repository, dialogue: dialogue), dialogue)
    }

    static func open(_ folder: String, base: String) throws(GitError) -> Repository {
        let objects = try objects(of: base)
        let repository = try Repository.openMirror(folder)
        let file = "\(folder)/objects/info/alternates"
        let line = Data("\(objects)\n".utf8)
        if FileManager.default.contents(atPath: file) == line { return repository }
        do {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/objects/info",
                withIntermediateDirectories: true
            )
            try line.write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw .storage(path: folder, detail: "\(error)".printable)
        }
        return try Repository.open(folder, isBare: true)
    }

    /// Lets the server leave out what the branch has.
    static func offerBranch(_ branch: String, of base: String, in repository: Repository) throws(GitError) {
        let source = try Repository.open(base)
        for name in [GitMirror.reference(to: branch), "refs/heads/\(branch)"] {
            guard let tip = source.reference(name), try repository.hasCommit(tip) else { continue }
            return try repository.setReference("refs/mitregate-base", to: tip)
        }
    }

    private static func objects(of base: String) throws(GitError) -> String {
        let repository = try Repository.open(base)
        guard let folder = git_repository_commondir(repository.raw).map({ String(cString: $0) }), folder.hasPrefix("/"),
            !folder.contains(where: \.isNewline)
        else { throw .storage(path: base, detail: "its folder has no absolute path of one line") }
        return folder.hasSuffix("/") ? "\(folder)objects" : "\(folder)/objects"
    }
}
