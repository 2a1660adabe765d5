import CGit2

/// Merges a request's head into a branch's tip without a work tree.
///
/// Contents of any size, histories of any shape: it runs where memory and time are limited.
struct RequestMerger {
    let request: FetchRequest
    let head: String
    let tip: String
    let base: String

    private static let shownPaths = 20
    /// How often merge bases are merged with each other before one of them is taken.
    private static let recursion: UInt32 = 8

    func run() throws(GitError) -> MergeOutcome {
        _ = Library.start
        let lock = try MirrorLock(folder: request.folder)
        defer { lock.unlock() }
        let repository = try RequestRepository.open(request.folder, base: base)
        return try repository.withCommit(tip) { ours throws(GitError) in
            try repository.withCommit(head) { theirs throws(GitError) in
                try merge(theirs, into: ours, in: repository)
            }
        }
    }

    private func merge(
        _ theirs: OpaquePointer,
        into ours: OpaquePointer,
        in repository: Repository
    ) throws(GitError) -> MergeOutcome {
        guard var one = ObjectID(tip)?.raw, var two = ObjectID(head)?.raw else { throw .noSuchCommit(id: head) }
        var common = git_oid()
        let code = git_merge_base(&common, repository.raw, &one, &two)
        if code == GIT_ENOTFOUND.rawValue { return .unrelated }
        guard code == 0 else { throw failure() }
        let mergeBase = ObjectID(common).text
        let isBehind = mergeBase != tip
        var tree = git_oid()
        if isBehind {
            var index: OpaquePointer?
            var options = git_merge_options()
            git_merge_options_init(&options, UInt32(GIT_MERGE_OPTIONS_VERSION))
            options.flags = GIT_MERGE_FIND_RENAMES.rawValue | GIT_MERGE_SKIP_REUC.rawValue
            options.recursion_limit = Self.recursion
            guard git_merge_commits(&index, repository.raw, ours, theirs, &options) == 0, let index else {
                throw failure()
            }
            defer { git_index_free(index) }
            if git_index_has_conflicts(index) == 1 { return try conflict(in: index) }
            guard git_index_write_tree_to(&tree, index, repository.raw) == 0 else { throw failure() }
        } else if let id = git_commit_tree_id(theirs) {
            tree = id.pointee
        }
        let commit = try write(tree, parents: [ours, theirs], in: repository)
        return .merged(MergedRequest(commit: commit, mergeBase: mergeBase, isBehind: isBehind))
    }

    private func conflict(in index: OpaquePointer) throws(GitError) -> MergeOutcome {
        var iterator: OpaquePointer?
        guard git_index_conflict_iterator_new(&iterator, index) == 0 else { throw failure() }
        defer { git_index_conflict_iterator_free(iterator) }
        var paths: [String] = []
        var count = 0
        var (ancestor, ours, theirs):
            (
                UnsafePointer<git_index_entry>?, UnsafePointer<git_index_entry>?, UnsafePointer<git_index_entry>?
            ) = (nil, nil, nil)
        while git_index_conflict_next(&ancestor, &ours, &theirs, iterator) == 0 {
            count += 1
            guard paths.count < Self.shownPaths, let path = (ours ?? theirs ?? ancestor)?.pointee.path else { continue }
            let shown = String(String(cString: path).printable.prefix(200))
            if !paths.contains(shown) { paths.append(shown) }
        }
        return .conflict(paths: paths, count: max(count, paths.count))
    }

    /// Author and time are always the same for the same tip, so the commit is too.
    private func write(
        _ tree: git_oid,
        parents: [OpaquePointer],
        in repository: Repository
    ) throws(GitError) -> String {
        var id = tree
        var object: OpaquePointer?
        guard try repository.checkSize(of: id, isCommit: false), git_tree_lookup(&object, repository.raw, &id) == 0,
            let object
        else { throw failure() }
        defer { git_tree_free(object) }
        var signature: UnsafeMutablePointer<git_signature>?
        let time = parents.first.map { git_commit_time($0) } ?? 0
        guard git_signature_new(&signature, "Mitregate", "mitregate@localhost", time, 0) == 0 else { throw failure() }
        defer { git_signature_free(signature) }
        var commit = git_oid()
        var list = parents.map { Optional($0) }
        let code = git_commit_create(
            &commit,
            repository.raw,
            nil,
            signature,
            signature,
            nil,
            "Merge \(head) into \(tip)\n",
            object,
            list.count,
            &list
        )
        guard code == 0 else { throw failure() }
        return ObjectID(commit).text
    }

    private func failure() -> GitError {
        let (text, kind) = Library.lastError()
        if kind == GIT_ERROR_NOMEMORY || text.lowercased().contains("out of memory") || FetchProcess.isOutOfMemory {
            return .mergeFailed(detail: GitError.needsMore(than: request.limits))
        }
        return .mergeFailed(detail: text)
    }
}
