import CGit2
import FoundationEssentials

/// Makes the tree of a change, and the text of its commit; it reads trees of any size, so it runs where memory is limited.
struct BranchComposer {
    let request: FetchRequest
    let change: BranchChange
    let base: String

    /// - Returns: The commit without its signature; `nil` when no file changes.
    func run() throws(GitError) -> [UInt8]? {
        _ = Library.start
        var root = FolderChange()
        for file in change.files { try root.take(file) }
        let lock = try MirrorLock(folder: request.folder)
        defer { lock.unlock() }
        lock.removeLeftovers()
        let repository = try RequestRepository.open(request.folder, base: base)
        return try repository.withCommit(change.base) { parent throws(GitError) in
            guard let former = git_commit_tree_id(parent)?.pointee else { throw repository.failure() }
            let before = try repository.tree(former)
            defer { git_tree_free(before) }
            let id = try TreeWriter(repository: repository).write(root, over: before, at: "")
            guard let id, ObjectID(id).text != ObjectID(former).text else {
                guard id != nil else { throw .notAFile(path: ".", reason: "no file would be left in the repository") }
                return nil
            }
            return try text(of: id, on: parent, in: repository)
        }
    }

    /// In the year 2106: libgit2 1.5 writes 32 bits of the time.
    private static var lastSecond: Double { Double(UInt32.max) }

    private func text(
        of tree: git_oid,
        on parent: OpaquePointer,
        in repository: Repository
    ) throws(GitError) -> [UInt8] {
        let object = try repository.tree(tree)
        defer { git_tree_free(object) }
        var signature: UnsafeMutablePointer<git_signature>?
        // The date may be that of the commit before, which is a stranger's: anything up to 2^63 seconds.
        let seconds = change.author.date.timeIntervalSince1970.rounded(.down)
        let time = git_time_t(min(max(seconds, 0), Self.lastSecond))
        guard git_signature_new(&signature, change.author.name, change.author.email, time, 0) == 0 else {
            throw .invalidIdentity(name: change.author.name.printable, email: change.author.email.printable)
        }
        defer { git_signature_free(signature) }
        // A NUL would end the text for libgit2, and be covered by no signature.
        let message = change.message.replacing("\0", with: "")
        var buffer = git_buf()
        defer { git_buf_dispose(&buffer) }
        var parents: [OpaquePointer?] = [parent]
        let code = git_commit_create_buffer(
            &buffer,
            repository.raw,
            signature,
            signature,
            nil,
            message.hasSuffix("\n") ? message : "\(message)\n",
            object,
            parents.count,
            &parents
        )
        guard code == 0 else { throw repository.failure() }
        return Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size))
    }
}

/// What changes in a folder and below it, by the names in it.
private struct FolderChange {
    private(set) var files: [String: Data?] = [:]
    private(set) var folders: [String: FolderChange] = [:]

    /// How deep a file may lie.
    private static let maximumDepth = 64

    mutating func take(_ file: BranchChange.File) throws(GitError) {
        let path = try FolderPath(file.path)
        guard let name = path.names.last, path.text == file.path else {
            throw .notAFile(path: file.path.printable, reason: "it is not the path of a file from the repository's top")
        }
        guard path.names.count <= Self.maximumDepth else {
            throw .limitPassed(.init(.depth, at: path.shown, limit: Self.maximumDepth))
        }
        try put(file.content, as: name, in: path.names.dropLast(), path.text)
    }

    private mutating func put(
        _ content: Data?,
        as name: String,
        in names: ArraySlice<String>,
        _ path: String
    ) throws(GitError) {
        if let folder = names.first {
            try folders[folder, default: FolderChange()].put(content, as: name, in: names.dropFirst(), path)
        } else {
            guard files.updateValue(content, forKey: name) == nil else {
                throw .notAFile(path: path, reason: "the change names it twice")
            }
        }
    }
}

/// Writes trees from the bottom up.
private struct TreeWriter {
    let repository: Repository

    /// - Parameter former: The folder as it is; `nil` where there is none.
    /// - Returns: `nil` when nothing is left in it.
    func write(_ change: FolderChange, over former: OpaquePointer?, at path: String) throws(GitError) -> git_oid? {
        var builder: OpaquePointer?
        guard git_treebuilder_new(&builder, repository.raw, former) == 0, let builder else {
            throw repository.failure()
        }
        defer { git_treebuilder_free(builder) }
        for (name, content) in change.files {
            try put(content, as: name, into: builder, at: path.isEmpty ? name : "\(path)/\(name)")
        }
        for (name, folder) in change.folders {
            let place = path.isEmpty ? name : "\(path)/\(name)"
            let entry = git_treebuilder_get(builder, name)
            let child = try entry.map { entry throws(GitError) in try repository.child(entry, path: place) }
            defer { git_tree_free(child) }
            if let id = try write(folder, over: child, at: place) {
                try insert(id, GIT_FILEMODE_TREE, as: name, into: builder)
            } else if entry != nil {
                guard git_treebuilder_remove(builder, name) == 0 else { throw repository.failure() }
            }
        }
        guard git_treebuilder_entrycount(builder) > 0 else { return nil }
        var id = git_oid()
        guard git_treebuilder_write(&id, builder) == 0 else { throw repository.failure() }
        return id
    }

    private func put(
        _ content: Data?,
        as name: String,
        into builder: OpaquePointer,
        at path: String
    ) throws(GitError) {
        var mode = GIT_FILEMODE_BLOB
        let entry = git_treebuilder_get(builder, name)
        if let entry {
            mode = git_tree_entry_filemode(entry)
            switch mode {
            case GIT_FILEMODE_BLOB, GIT_FILEMODE_BLOB_EXECUTABLE: break
            case GIT_FILEMODE_LINK: throw repository.linkRefusal(entry, path: path)
            case GIT_FILEMODE_COMMIT: throw .submodule(path: path)
            default: throw .notAFile(path: path, reason: "it is a folder")
            }
        }
        guard let content else {
            guard entry != nil else { throw .notAFile(path: path, reason: "there is no such file to remove") }
            guard git_treebuilder_remove(builder, name) == 0 else { throw repository.failure() }
            return
        }
        var id = git_oid()
        let bytes = Array(content)
        guard git_blob_create_from_buffer(&id, repository.raw, bytes, bytes.count) == 0 else {
            throw repository.failure()
        }
        try insert(id, mode, as: name, into: builder)
    }

    private func insert(
        _ id: git_oid,
        _ mode: git_filemode_t,
        as name: String,
        into builder: OpaquePointer
    ) throws(GitError) {
        var id = id
        guard git_treebuilder_insert(nil, builder, name, &id, mode) == 0 else { throw repository.failure() }
    }
}

extension Repository {
    fileprivate func tree(_ id: git_oid) throws(GitError) -> OpaquePointer {
        var id = id
        var tree: OpaquePointer?
        guard try checkSize(of: id, isCommit: false), git_tree_lookup(&tree, raw, &id) == 0, let tree else {
            throw failure()
        }
        return tree
    }
}
