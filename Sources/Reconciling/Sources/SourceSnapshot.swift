package import GitRepositories

/// One source at one commit: where to read it, and what the reader of a plan should know about it.
package struct SourceSnapshot: Sendable {
    package var storage: any GitStorage
    package var commit: Commit
    /// The repository itself, for a source that is a path on this machine.
    package var local: LocalRepository?

    package init(storage: any GitStorage, commit: Commit, local: LocalRepository? = nil) {
        self.storage = storage
        self.commit = commit
        self.local = local
    }
}
