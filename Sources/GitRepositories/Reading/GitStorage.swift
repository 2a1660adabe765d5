/// A repository on this machine that definitions are read from, straight from its trees.
package protocol GitStorage: Sendable {
    var repositoryPath: String { get }
}

extension GitStorage {
    package func commit(_ id: String) async throws(GitError) -> Commit {
        try await reading { repository throws(GitError) in try repository.commit(id) }
    }

    /// Whether `ancestor` is `commit` or lies behind it; a commit that is not in the repository is not an ancestor of any.
    package func isAncestor(_ ancestor: String, of commit: String) async throws(GitError) -> Bool {
        try await reading { repository throws(GitError) in try repository.isAncestor(ancestor, of: commit) }
    }

    /// The ids of the commits behind `tip` that are not behind `base`, the tip among them, in no order of time.
    ///
    /// - Throws: `noSuchCommit` where one of them is not in the repository.
    package func commits(to tip: String, since base: String) async throws(GitError) -> [String] {
        try await reading { repository throws(GitError) in try repository.commits(to: tip, since: base).sorted() }
    }

    /// The steps that a branch made from one commit to another, oldest first, by first parents; at most a thousand.
    package func firstParents(of tip: String, since base: String) async throws(GitError) -> [BranchStep] {
        try await reading { repository throws(GitError) in try repository.steps(to: tip, since: base) }
    }

    /// The ids of all commits behind `tip`, the tip among them, in no order of time.
    package func history(of tip: String) async throws(GitError) -> [String] {
        try await reading { repository throws(GitError) in try repository.history(of: tip).sorted() }
    }

    /// The id of a folder's tree, for content addressing: equal ids mean equal content below.
    ///
    /// `nil` when the commit has no such folder.
    package func treeID(at commit: String, path: String) async throws(GitError) -> String? {
        let folder = try FolderPath(path)
        return try await reading { repository throws(GitError) in try repository.treeID(at: commit, path: folder) }
    }

    /// The ids of several folders' trees in a commit, by path; a folder that is not there is left out.
    package func treeIDs(at commit: String, paths: [String]) async throws(GitError) -> [String: String] {
        var folders: [FolderPath] = []
        for path in paths { folders.append(try FolderPath(path)) }
        let wanted = Array(zip(paths, folders))
        return try await reading { repository throws(GitError) in
            var ids: [String: String] = [:]
            for (path, folder) in wanted { ids[path] = try repository.treeID(at: commit, path: folder) }
            return ids
        }
    }

    /// The commit that took a folder away, where one of the last thousand did.
    package func removal(of path: String, at commit: String) async throws(GitError) -> FolderRemoval? {
        let folder = try FolderPath(path)
        return try await reading { repository throws(GitError) in try repository.removal(of: folder, at: commit) }
    }

    /// The states that a folder had, newest first, by first parents: for each the oldest commit that had it in that place.
    ///
    /// - Parameters:
    ///   - others: Folders of which a change makes another state too; they need not be there.
    ///   - limit: How many commits are looked at.
    package func states(
        of path: String,
        and others: [String] = [],
        at commit: String,
        limit: Int
    ) async throws(GitError) -> [FolderState] {
        let folder = try FolderPath(path)
        var paths: [FolderPath] = []
        for other in others { paths.append(try FolderPath(other)) }
        return try await reading { [paths] repository throws(GitError) in
            try repository.states(of: folder, and: paths, at: commit, limit: limit)
        }
    }

    /// The commit that a person names by a branch, a tag or an id.
    ///
    /// - Throws: `referenceNotFound` with the branches that there are.
    package func resolve(_ reference: String) async throws(GitError) -> Commit {
        try await reading { repository throws(GitError) in try repository.resolve(reference) }
    }

    /// The definition files (`*.yaml`, `*.yml`, in any letter case) below a folder, by their paths' bytes, without contents.
    ///
    /// Links, submodules and odd names anywhere below the folder are errors, whatever they would lead to; files of other kinds, and names that begin with a dot, are
    /// passed over.
    ///
    /// - Throws: `missingFolder` when the commit has no such folder.
    package func entries(
        at commit: String,
        under path: String,
        limits: ReadingLimits = ReadingLimits()
    ) async throws(GitError) -> [TreeEntry] {
        let folder = try FolderPath(path)
        return try await reading { repository throws(GitError) in
            try repository.entries(at: commit, under: folder, limits: limits)
        }
    }

    /// The contents of some of the files that `entries` listed, in that order.
    package func files(
        _ entries: [TreeEntry],
        limits: ReadingLimits = ReadingLimits()
    ) async throws(GitError) -> [TreeFile] {
        try await reading { repository throws(GitError) in try repository.files(entries, limits: limits) }
    }

    /// The definition files below a folder with their contents; as `entries`, then `files`.
    package func files(
        at commit: String,
        under path: String,
        limits: ReadingLimits = ReadingLimits()
    ) async throws(GitError) -> [TreeFile] {
        let folder = try FolderPath(path)
        return try await reading { repository throws(GitError) in
            try repository.files(try repository.entries(at: commit, under: folder, limits: limits), limits: limits)
        }
    }

    func reading<T: Sendable>(
        _ body: @escaping @Sendable (Repository) throws(GitError) -> T
    ) async throws(GitError) -> T {
        let path = repositoryPath
        return try await GitThread.run { () throws(GitError) in try OpenRepositories.shared.reading(path, body) }
    }
}
