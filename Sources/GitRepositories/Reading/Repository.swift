import CGit2
import FoundationEssentials

/// An open repository, for one thread at a time.
final class Repository {
    let raw: OpaquePointer
    let path: String
    /// A test lowers them.
    var objectLimits = ObjectLimits()
    private var openDatabase: OpaquePointer?

    private init(_ raw: OpaquePointer, path: String) {
        self.raw = raw
        self.path = path
    }

    deinit {
        git_odb_free(openDatabase)
        git_repository_free(raw)
    }

    /// Where its objects are; kept open, as every object's size is looked at before the object.
    func database() throws(GitError) -> OpaquePointer {
        if let openDatabase { return openDatabase }
        var database: OpaquePointer?
        guard git_repository_odb(&database, raw) == 0, let database else { throw failure() }
        openDatabase = database
        return database
    }

    /// Opens the repository at exactly this path; folders above it are not searched.
    static func open(_ path: String, isBare: Bool = false) throws(GitError) -> Repository {
        _ = Library.start
        var raw: OpaquePointer?
        let flags = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue | (isBare ? GIT_REPOSITORY_OPEN_BARE.rawValue : 0)
        let code = git_repository_open_ext(&raw, path, flags, nil)
        guard code == 0, let raw else {
            let (text, kind) = Library.lastError()
            if Library.saysNotOwned(code, kind) { throw .notOwned(path: path) }
            if Library.saysObjectFormat(text) { throw .objectFormat(path: path) }
            throw code == GIT_ENOTFOUND.rawValue ? .notARepository(path: path) : .storage(path: path, detail: text)
        }
        return Repository(raw, path: path)
    }

    /// Opens a mirror, or makes it where there is none, or half of one.
    static func openMirror(_ folder: String) throws(GitError) -> Repository {
        _ = Library.start
        if let repository = try? open(folder, isBare: true) { return repository }
        var raw: OpaquePointer?
        guard git_repository_init(&raw, folder, 1) == 0, let raw else {
            throw .storage(path: folder, detail: Library.lastError().text)
        }
        return Repository(raw, path: folder)
    }

    /// What a failed call says about this repository.
    func failure() -> GitError { .storage(path: path, detail: Library.lastError().text) }

    func reference(_ name: String) -> String? {
        var id = git_oid()
        return git_reference_name_to_id(&id, raw, name) == 0 ? ObjectID(id).text : nil
    }

    func setReference(_ name: String, to commit: String) throws(GitError) {
        guard var id = ObjectID(commit)?.raw else { throw .noSuchCommit(id: commit.printable) }
        var reference: OpaquePointer?
        guard git_reference_create(&reference, raw, name, &id, 1, nil) == 0 else { throw failure() }
        git_reference_free(reference)
    }

    func removeReference(_ name: String) throws(GitError) {
        guard git_reference_remove(raw, name) == 0 else { throw failure() }
    }

    func hasCommit(_ id: String) throws(GitError) -> Bool {
        guard let oid = ObjectID(id)?.raw, try checkSize(of: oid, isCommit: true) else { return false }
        var commit: OpaquePointer?
        var raw = oid
        guard git_commit_lookup(&commit, self.raw, &raw) == 0 else { return false }
        git_commit_free(commit)
        return true
    }

    func withCommit<T>(_ id: String, _ body: (OpaquePointer) throws(GitError) -> T) throws(GitError) -> T {
        guard var oid = ObjectID(id)?.raw else { throw .noSuchCommit(id: id.printable) }
        guard try checkSize(of: oid, isCommit: true) else { throw .noSuchCommit(id: id) }
        var commit: OpaquePointer?
        guard git_commit_lookup(&commit, raw, &oid) == 0, let commit else { throw .noSuchCommit(id: id) }
        defer { git_commit_free(commit) }
        return try body(commit)
    }

    func commit(_ id: String) throws(GitError) -> Commit {
        try withCommit(id) { commit in
            Commit(
                id: id.lowercased(),
                parents: (0..<min(git_commit_parentcount(commit), 64)).compactMap { index in
                    git_commit_parent_id(commit, index).map { ObjectID($0.pointee).text }
                },
                author: Commit.Person(git_commit_author(commit)),
                committer: Commit.Person(git_commit_committer(commit)),
                subject: git_commit_summary(commit).map { String(cString: $0) } ?? ""
            )
        }
    }

    /// The commit that HEAD points at.
    func head() throws(GitError) -> Commit {
        guard let id = reference("HEAD") else { throw .noCommits(path: path) }
        return try commit(id)
    }
}

extension Commit.Person {
    fileprivate init(_ signature: UnsafePointer<git_signature>?) {
        guard let signature = signature?.pointee else {
            self.init(name: "", email: "", date: Date(timeIntervalSince1970: 0))
            return
        }
        self.init(
            name: signature.name.map { String(cString: $0) } ?? "",
            email: signature.email.map { String(cString: $0) } ?? "",
            date: Date(timeIntervalSince1970: Double(signature.when.time))
        )
    }
}
