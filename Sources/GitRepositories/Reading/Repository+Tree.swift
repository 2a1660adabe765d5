import CGit2
import Glibc

extension Repository {
    /// The id of a folder's tree: equal ids mean equal content below; `nil` when there is no such folder.
    func treeID(at commit: String, path: FolderPath) throws(GitError) -> String? {
        do {
            return try withTree(at: commit, path: path) { ObjectID(git_tree_id($0).pointee).text }
        } catch {
            switch error {
            case .missingFolder, .notAFolder: return nil
            default: throw error
            }
        }
    }

    /// The definition files below a folder, by the bytes of their paths.
    func entries(at commit: String, under path: FolderPath, limits: ReadingLimits) throws(GitError) -> [TreeEntry] {
        try withTree(at: commit, path: path) { tree throws(GitError) in
            var walk = TreeWalk(repository: self, limits: limits)
            try walk.visit(tree, folder: "", depth: 0)
            return walk.entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        }
    }

    func files(_ entries: [TreeEntry], limits: ReadingLimits) throws(GitError) -> [TreeFile] {
        var rules = FolderRules(limits)
        let database = try database()
        var files: [TreeFile] = []
        files.reserveCapacity(entries.count)
        for entry in entries {
            guard var id = ObjectID(entry.blob)?.raw else {
                throw .storage(path: path, detail: "no blob \(entry.blob.printable)")
            }
            // The size is known before the content is unpacked: a small pack can hold a huge file.
            var size = 0
            var type = GIT_OBJECT_INVALID
            guard git_odb_read_header(&size, &type, database, &id) == 0 else { throw failure() }
            try rules.countBytes(size, of: entry.path)
            var blob: OpaquePointer?
            guard git_blob_lookup(&blob, raw, &id) == 0 else { throw failure() }
            defer { git_blob_free(blob) }
            let bytes = UnsafeRawBufferPointer(start: git_blob_rawcontent(blob), count: Int(git_blob_rawsize(blob)))
            files.append(TreeFile(path: entry.path, blob: entry.blob, bytes: Array(bytes)))
        }
        return files
    }

    private func withTree<T>(
        at commit: String,
        path: FolderPath,
        _ body: (OpaquePointer) throws(GitError) -> T
    ) throws(GitError) -> T {
        try withCommit(commit) { commit throws(GitError) in
            var tree: OpaquePointer?
            guard let root = git_commit_tree_id(commit), try checkSize(of: root.pointee, isCommit: false),
                git_commit_tree(&tree, commit) == 0, var current = tree
            else { throw failure() }
            defer { git_tree_free(current) }
            for (index, name) in path.names.enumerated() {
                let shown = path.names[...index].joined(separator: "/")
                guard let entry = git_tree_entry_byname(current, name) else { throw .missingFolder(path: shown) }
                let next = try child(entry, path: shown)
                git_tree_free(current)
                current = next
            }
            return try body(current)
        }
    }

    /// The folder that an entry is; links are not followed.
    func child(_ entry: OpaquePointer, path: String) throws(GitError) -> OpaquePointer {
        switch git_tree_entry_filemode(entry) {
        case GIT_FILEMODE_TREE: break
        case GIT_FILEMODE_COMMIT: throw .submodule(path: path)
        case GIT_FILEMODE_LINK: throw linkRefusal(entry, path: path)
        default: throw .notAFolder(path: path)
        }
        var tree: OpaquePointer?
        guard let id = git_tree_entry_id(entry), try checkSize(of: id.pointee, isCommit: false),
            git_tree_lookup(&tree, raw, id) == 0, let tree
        else { throw failure() }
        return tree
    }

    /// The longest target of a link that is read, as Linux takes none that is longer.
    private static let longestTarget = 4096

    func linkRefusal(_ entry: OpaquePointer, path: String) -> GitError {
        guard let database = try? database() else { return failure() }
        // As for files: a small pack can hold a target that is larger than memory.
        var size = 0
        var type = GIT_OBJECT_INVALID
        guard git_odb_read_header(&size, &type, database, git_tree_entry_id(entry)) == 0 else { return failure() }
        guard size <= Self.longestTarget else {
            return .limitPassed(.init(.fileBytes, at: path, limit: Self.longestTarget))
        }
        var blob: OpaquePointer?
        guard git_blob_lookup(&blob, raw, git_tree_entry_id(entry)) == 0 else { return failure() }
        defer { git_blob_free(blob) }
        let bytes = UnsafeRawBufferPointer(start: git_blob_rawcontent(blob), count: Int(git_blob_rawsize(blob)))
        return GitError(linkAt: path, target: bytes)
    }
}

extension GitError {
    /// A link's target is hostile text of any length.
    init(linkAt path: String, target: some Collection<UInt8>) {
        let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
        let text = String(decoding: target, as: UTF8.self)
        self = .symbolicLink(
            path: path,
            target: String(printing: target.prefix(200)),
            leavesFolder: FolderRules.leaves(text, from: String(folder))
        )
    }
}

/// One walk over a tenant's folder in a commit.
private struct TreeWalk {
    let repository: Repository
    private(set) var entries: [TreeEntry] = []
    private var rules: FolderRules

    init(repository: Repository, limits: ReadingLimits) {
        self.repository = repository
        rules = FolderRules(limits)
    }

    mutating func visit(_ tree: OpaquePointer, folder: String, depth: Int) throws(GitError) {
        for index in 0..<git_tree_entrycount(tree) {
            guard let entry = git_tree_entry_byindex(tree, index) else { continue }
            try rules.countEntry(in: folder.isEmpty ? "the folder" : folder)
            let bytes = UnsafeRawBufferPointer(
                start: git_tree_entry_name(entry),
                count: strlen(git_tree_entry_name(entry))
            )
            guard !FolderRules.isHidden(bytes) else { continue }
            let mode = git_tree_entry_filemode(entry)
            let isFile = mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE
            guard !isFile || FolderRules.isDefinition(bytes) else { continue }
            let name = try FolderRules.name(bytes, in: folder)
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            if isFile {
                try rules.countFile(path)
                entries.append(TreeEntry(path: path, blob: ObjectID(git_tree_entry_id(entry).pointee).text))
            } else if mode == GIT_FILEMODE_LINK {
                throw repository.linkRefusal(entry, path: path)
            } else {
                try rules.checkDepth(depth + 1, of: path)
                let child = try repository.child(entry, path: path)
                defer { git_tree_free(child) }
                try visit(child, folder: path, depth: depth + 1)
            }
        }
    }
}
