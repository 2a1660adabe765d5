import CGit2

/// How large an object may be before it is loaded: a small pack can hold one that is larger than memory.
struct ObjectLimits {
    /// In bytes; as much as a signature is checked of.
    var commitBytes = 1 << 20
    /// In bytes; some 400,000 entries of a folder.
    var treeBytes = 16 << 20
    /// How many commits are looked at before a walk through history gives up.
    var commits = 1_000_000
}

extension Repository {
    /// Refuses an object that is larger than its limit, by the header alone.
    ///
    /// - Returns: Whether there is such an object.
    func checkSize(of id: git_oid, isCommit: Bool) throws(GitError) -> Bool {
        var id = id
        var size = 0
        var type = GIT_OBJECT_INVALID
        guard git_odb_read_header(&size, &type, try database(), &id) == 0 else { return false }
        let limit = isCommit ? objectLimits.commitBytes : objectLimits.treeBytes
        guard size <= limit else {
            let name = isCommit ? "the commit \(ObjectID(id).text)" : "the folder with the id \(ObjectID(id).text)"
            throw .limitPassed(.init(.fileBytes, at: name, limit: limit))
        }
        return true
    }

    /// Whether one commit is the other or an ancestor of it; a commit that is not here is not an ancestor of any.
    ///
    /// The walk is our own, as libgit2's loads commits of any size.
    func isAncestor(_ ancestor: String, of commit: String) throws(GitError) -> Bool {
        guard try hasCommit(commit), let tip = ObjectID(commit)?.raw else { throw .noSuchCommit(id: commit.printable) }
        guard try hasCommit(ancestor), let base = ObjectID(ancestor) else {
            guard isShallow else { return false }
            throw .shallowClone(path: path)
        }
        return try history(of: tip, until: base.text).contains(base.text)
    }

    /// The ids of the commits behind `tip` that are not behind `base`, the tip among them.
    func commits(to tip: String, since base: String) throws(GitError) -> Set<String> {
        guard try hasCommit(tip), let end = ObjectID(tip)?.raw else { throw .noSuchCommit(id: tip.printable) }
        guard try hasCommit(base), let start = ObjectID(base)?.raw else { throw .noSuchCommit(id: base.printable) }
        return try history(of: end, without: try history(of: start))
    }

    /// The ids of all commits behind `tip`, the tip among them.
    func history(of tip: String) throws(GitError) -> Set<String> {
        guard try hasCommit(tip), let end = ObjectID(tip)?.raw else { throw .noSuchCommit(id: tip.printable) }
        return try history(of: end)
    }

    /// A commit and all behind it, but for what is known already; no further once `last` was found.
    private func history(
        of tip: git_oid,
        without known: Set<String> = [],
        until last: String? = nil
    ) throws(GitError) -> Set<String> {
        var seen: Set<String> = []
        var open = [tip]
        while let next = open.popLast() {
            let id = ObjectID(next).text
            guard !known.contains(id), seen.insert(id).inserted else { continue }
            if id == last { break }
            guard seen.count <= objectLimits.commits else {
                let name = "the history of \(ObjectID(tip).text)"
                throw .limitPassed(.init(.entries, at: name, limit: objectLimits.commits))
            }
            open += try parents(of: next)
        }
        return seen
    }

    /// In a shallow clone the parents of the oldest commits are not there, and what lies behind them is unknown.
    private func parents(of id: git_oid) throws(GitError) -> [git_oid] {
        guard try checkSize(of: id, isCommit: true) else {
            guard isShallow else { throw .noSuchCommit(id: ObjectID(id).text) }
            throw .shallowClone(path: path)
        }
        var id = id
        var commit: OpaquePointer?
        guard git_commit_lookup(&commit, raw, &id) == 0, let commit else { throw failure() }
        defer { git_commit_free(commit) }
        return (0..<git_commit_parentcount(commit)).compactMap { git_commit_parent_id(commit, $0)?.pointee }
    }

    /// The steps from `base` to `tip` by first parents, oldest first; the last thousand of them.
    func steps(to tip: String, since base: String) throws(GitError) -> [BranchStep] {
        let new = try commits(to: tip, since: base)
        var steps: [BranchStep] = []
        var next: String? = tip
        while let id = next, new.contains(id), steps.count < 1_000 {
            next = try commit(id).parents.first
            steps.append(BranchStep(commit: id, parent: next))
        }
        return steps.reversed()
    }

    /// Whether its history is cut off, as a CI runner's clone often is.
    var isShallow: Bool { git_repository_is_shallow(raw) == 1 }

    /// The commit that took a folder away, and the one before it that still had it; by first parents.
    ///
    /// - Returns: `nil` where none of the last thousand commits had it.
    func removal(of folder: FolderPath, at tip: String) throws(GitError) -> FolderRemoval? {
        var later = tip
        for _ in 0..<1_000 {
            guard let parent = try commit(later).parents.first, try hasCommit(parent) else { return nil }
            if try treeID(at: parent, path: folder) != nil {
                return FolderRemoval(removedBy: try commit(later), lastSeenIn: parent)
            }
            later = parent
        }
        return nil
    }

    /// The states that a folder had, newest first, by first parents: for each the oldest commit that had it in that place.
    ///
    /// - Parameter limit: How many commits are looked at; what lies behind them, or behind a shallow clone, is left out.
    func states(
        of folder: FolderPath,
        and others: [FolderPath] = [],
        at tip: String,
        limit: Int
    ) throws(GitError) -> [FolderState] {
        var states: [FolderState] = []
        var next: String? = tip
        for _ in 0..<limit {
            guard let id = next, try hasCommit(id) else { break }
            var tree = try treeID(at: id, path: folder)
            if let own = tree {
                for other in others { tree = "\(tree ?? own) \(try treeID(at: id, path: other) ?? "-")" }
            }
            if let last = states.last, last.tree == tree { states.removeLast() }
            states.append(FolderState(commit: id, tree: tree))
            next = try commit(id).parents.first
        }
        return states
    }

    /// The commit that a person names: a branch, a tag, an id or the beginning of one, or what else `git rev-parse` takes.
    func resolve(_ text: String) throws(GitError) -> Commit {
        for name in ["refs/heads/\(text)", text] {
            var object: OpaquePointer?
            guard git_revparse_single(&object, raw, name) == 0, let object else { continue }
            defer { git_object_free(object) }
            var peeled: OpaquePointer?
            guard git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) == 0, let peeled else { continue }
            defer { git_object_free(peeled) }
            guard let id = git_object_id(peeled) else { continue }
            return try commit(ObjectID(id.pointee).text)
        }
        throw .referenceNotFound(path: path, reference: text.printable, found: branches())
    }

    /// The names of the branches, at most twenty, safe to show.
    func branches() -> [String] {
        var iterator: OpaquePointer?
        guard git_branch_iterator_new(&iterator, raw, GIT_BRANCH_LOCAL) == 0 else { return [] }
        defer { git_branch_iterator_free(iterator) }
        var names: [String] = []
        var reference: OpaquePointer?
        var kind = GIT_BRANCH_LOCAL
        while names.count < 20, git_branch_next(&reference, &kind, iterator) == 0 {
            var name: UnsafePointer<CChar>?
            if git_branch_name(&name, reference) == 0, let name { names.append(String(cString: name).shortened) }
            git_reference_free(reference)
        }
        return names.sorted()
    }
}

/// A folder that a commit took away.
package struct FolderRemoval: Sendable {
    package let removedBy: Commit
    /// The id of the commit before it.
    package let lastSeenIn: String
}

/// A commit of a branch, and the one that the branch had before it.
package struct BranchStep: Hashable, Sendable {
    package let commit: String
    package let parent: String?
}

/// What a folder held from one commit on.
package struct FolderState: Sendable {
    package let commit: String
    /// `nil` where the folder was not there.
    package let tree: String?
}
