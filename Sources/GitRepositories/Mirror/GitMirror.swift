/// A bare mirror of a source's tracked branch, in a folder of its own that can be deleted at any time.
package struct GitMirror: GitStorage {
    package let folder: String
    package let remote: GitRemote
    package var limits = FetchLimits()

    package init(folder: String, remote: GitRemote) {
        self.folder = folder
        self.remote = remote
    }

    package var repositoryPath: String { folder }

    /// Where the mirror keeps the tip of a branch; nothing is ever checked out.
    static func reference(to branch: String) -> String { "refs/mitregate/\(branch)" }

    /// The tip of the tracked branch as it was fetched last.
    ///
    /// - Throws: `notFetched` before the first fetch.
    package func snapshot() async throws(GitError) -> Commit {
        let (folder, branch) = (folder, remote.branch)
        return try await GitThread.run { () throws(GitError) in
            guard let repository = try? Repository.open(folder, isBare: true),
                let tip = repository.reference(Self.reference(to: branch))
            else { throw .notFetched(path: folder, branch: branch.printable) }
            return try repository.commit(tip)
        }
    }

    /// What the hidden subcommand that is the fetching child process calls; it reads the standard input and writes the
    /// standard output.
    ///
    /// - Returns: The exit code to end the process with.
    package static func fetchInThisProcess() -> Int32 { FetchProcess.run() }
}
