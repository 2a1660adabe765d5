/// Which commit of a source is read.
package enum SourceReference: Hashable, Sendable {
    /// The tip of the source's branch: what `apply` obeys.
    case branch
    /// The files as they lie in the work tree, for authors; the commit is HEAD.
    case workingTree
    /// Another commit, named by a branch, a tag or an id, to be planned and never applied.
    case named(String)

    /// The branch to fetch from a remote; `nil` for the source's own, where the name is a commit's id.
    var branch: String? {
        guard case .named(let name) = self else { return nil }
        let isID = (7...40).contains(name.utf8.count) && name.allSatisfy(\.isHexDigit)
        return isID ? nil : name
    }
}
