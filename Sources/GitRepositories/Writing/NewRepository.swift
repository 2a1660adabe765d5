import CGit2

/// Makes a repository with its first commit, where there was none.
package enum NewRepository {
    /// Whether a folder is the top of a work tree, or a repository itself.
    package static func isThere(_ folder: String) async -> Bool {
        await
            (try? GitThread.run { () throws(GitError) in
                _ = Library.start
                // Only this folder: a repository further up is another one.
                return git_repository_open_ext(nil, folder, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil) == 0
            }) ?? false
    }

    /// Makes a repository in a folder that exists, and commits the files that are named, and no others.
    ///
    /// The author is who git is told to take for one, else Mitregate itself.
    ///
    /// - Parameters:
    ///   - branch: The branch that the commit is on.
    ///   - files: Paths from the folder.
    package static func make(
        in folder: String,
        branch: String,
        committing files: [String],
        message: String
    ) async throws(GitError) {
        try await GitThread.run { () throws(GitError) in
            _ = Library.start
            let raw = try opened(folder, branch)
            defer { git_repository_free(raw) }
            try commit(files, message, to: raw, folder)
        }
    }

    private static func opened(_ folder: String, _ branch: String) throws(GitError) -> OpaquePointer {
        var options = git_repository_init_options()
        git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
        options.flags = GIT_REPOSITORY_INIT_NO_REINIT.rawValue
        var repository: OpaquePointer?
        let code = branch.withCString { head in
            options.initial_head = head
            return git_repository_init_ext(&repository, folder, &options)
        }
        guard code == 0, let repository else { throw failure(folder) }
        return repository
    }

    private static func commit(
        _ files: [String],
        _ message: String,
        to repository: OpaquePointer,
        _ folder: String
    ) throws(GitError) {
        var index: OpaquePointer?
        guard git_repository_index(&index, repository) == 0, let index else { throw failure(folder) }
        defer { git_index_free(index) }
        for file in files {
            guard git_index_add_bypath(index, file) == 0 else { throw failure(folder) }
        }
        var treeID = git_oid()
        guard git_index_write(index) == 0, git_index_write_tree(&treeID, index) == 0 else { throw failure(folder) }
        var tree: OpaquePointer?
        guard git_tree_lookup(&tree, repository, &treeID) == 0, let tree else { throw failure(folder) }
        defer { git_tree_free(tree) }
        var author: UnsafeMutablePointer<git_signature>?
        if git_signature_default(&author, repository) != 0 {
            guard git_signature_now(&author, "Mitregate", "mitregate@localhost") == 0 else { throw failure(folder) }
        }
        defer { git_signature_free(author) }
        var id = git_oid()
        guard git_commit_create(&id, repository, "HEAD", author, author, nil, message, tree, 0, nil) == 0 else {
            throw failure(folder)
        }
    }

    private static func failure(_ folder: String) -> GitError {
        .storage(path: folder, detail: Library.lastError().text)
    }
}
