import Glibc

/// The heads of a source's open pull requests, and what each would make of the branch.
///
/// They have a folder of their own next to the source's mirror, whose objects they see: what strangers push never mixes with
/// what is applied, and the folder can be deleted at any time. A merge is made in memory and kept as a commit that no
/// reference names, so everything that reads a commit of the branch reads a merge result too.
package struct RequestMirror: GitStorage {
    package let folder: String
    package let remote: GitRemote
    /// The repository that has the branch: the source's mirror, or the source itself where it is a path.
    package let base: String
    package var limits = FetchLimits.request
    /// What all heads may take on the disk, in bytes; beyond it no more are fetched.
    package var room = 1 << 30

    package init(folder: String, remote: GitRemote, base: String) {
        self.folder = folder
        self.remote = remote
        self.base = base
    }

    package var repositoryPath: String { folder }

    /// Where a request's head is kept; no branch of a source can have this name.
    static func reference(to number: Int) -> String { "\(namespace)\(number)" }

    static let namespace = "refs/mitregate-requests/"

    /// The head of a request as it was fetched last.
    package func head(of number: Int) async -> String? {
        let folder = folder
        let head = try? await GitThread.run { () throws(GitError) in
            guard access(folder, F_OK) == 0 else { return String?.none }
            let repository = try Repository.open(folder, isBare: true)
            guard let head = repository.reference(Self.reference(to: number)) else { return nil }
            return try repository.hasCommit(head) ? head : nil
        }
        return head ?? nil
    }
}

extension FetchLimits {
    /// For the head of a request, which anyone may open.
    package static var request: Self {
        var limits = Self()
        limits.bytes = 64 << 20
        limits.objects = 200_000
        return limits
    }
}
