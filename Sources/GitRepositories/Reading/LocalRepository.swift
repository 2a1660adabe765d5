import CGit2
import Glibc

/// A repository at a path on this machine, as its author has it.
package struct LocalRepository: GitStorage {
    package let path: String

    package init(path: String) { self.path = path }

    package var repositoryPath: String { path }

    /// Whether this is a repository without a working tree.
    package func isBare() async -> Bool {
        let isBare = try? await reading { repository throws(GitError) in git_repository_is_bare(repository.raw) == 1 }
        return isBare ?? false
    }

    /// The commit at HEAD.
    ///
    /// - Throws: `noCommits` for a new repository, `notOwned` for another user's.
    package func head() async throws(GitError) -> Commit {
        try await reading { repository throws(GitError) in try repository.head() }
    }

    /// The tip of a branch.
    package func tip(of branch: String) async throws(GitError) -> Commit {
        let path = path
        return try await reading { repository throws(GitError) in
            guard let id = repository.reference("refs/heads/\(branch)") else {
                throw .branchNotFound(url: path, branch: branch.printable, found: repository.branches())
            }
            return try repository.commit(id)
        }
    }

    /// The paths below a folder, from the repository's top, in which the working tree or the index differs from HEAD.
    ///
    /// New files count unless git ignores them. A bare repository has none.
    ///
    /// - Parameter limit: At most so many are named.
    package func changes(under path: String, limit: Int = 100) async throws(GitError) -> [String] {
        let folder = try FolderPath(path)
        return try await reading { repository throws(GitError) in
            git_repository_is_bare(repository.raw) == 1 ? [] : try repository.changes(under: folder, limit: limit)
        }
    }

    /// The definition files below a folder as they lie in the working tree, committed or not.
    ///
    /// The same rules hold as for a commit; the ids are those that git would give.
    package func workingFiles(
        under path: String,
        limits: ReadingLimits = ReadingLimits()
    ) async throws(GitError) -> [TreeFile] {
        let folder = try FolderPath(path)
        return try await reading { repository throws(GitError) in
            guard let top = git_repository_workdir(repository.raw) else { throw .noWorkTree(path: repository.path) }
            return try WorkingFolder.read(String(cString: top), under: folder, limits: limits)
        }
    }
}

extension Repository {
    fileprivate func changes(under folder: FolderPath, limit: Int) throws(GitError) -> [String] {
        var options = git_status_options()
        git_status_options_init(&options, UInt32(GIT_STATUS_OPTIONS_VERSION))
        options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR
        options.flags =
            GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS.rawValue
            | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH.rawValue | GIT_STATUS_OPT_EXCLUDE_SUBMODULES.rawValue
        var list: OpaquePointer?
        let code = folder.text.withCString { text in
            var text: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(mutating: text)
            return withUnsafeMutablePointer(to: &text) { strings in
                if !folder.names.isEmpty { options.pathspec = git_strarray(strings: strings, count: 1) }
                return git_status_list_new(&list, raw, &options)
            }
        }
        guard code == 0 else { throw failure() }
        defer { git_status_list_free(list) }
        return (0..<min(git_status_list_entrycount(list), limit)).compactMap { index in
            guard let entry = git_status_byindex(list, index)?.pointee else { return nil }
            let delta = entry.index_to_workdir ?? entry.head_to_index
            guard let path = delta?.pointee.new_file.path ?? delta?.pointee.old_file.path else { return nil }
            return String(printing: UnsafeRawBufferPointer(start: path, count: strlen(path)))
        }
    }
}
