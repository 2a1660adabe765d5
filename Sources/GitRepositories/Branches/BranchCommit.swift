import CGit2
import FoundationEssentials

/// A commit of ours as git keeps it; its files are in the repository that it was composed in.
package struct BranchCommit: Hashable, Codable, Sendable {
    /// 40 hex digits.
    package let id: String
    let object: Data

    /// - Parameters:
    ///   - text: The commit without its signature.
    ///   - signature: Armoured, as `ssh-keygen` writes it.
    /// - Throws: `signingFailed` where the text is no commit.
    init(text: [UInt8], signature: String?) throws(GitError) {
        var object = text
        if let signature {
            // Headers end at the first empty line. Source: gitformat-signature(5), "gpgsig".
            guard let end = text.firstRange(of: Array("\n\n".utf8))?.lowerBound else {
                throw .signingFailed(detail: "the commit has no message")
            }
            let lines = signature.split(separator: "\n").joined(separator: "\n ")
            object.insert(contentsOf: Array("\ngpgsig \(lines)".utf8), at: end)
        }
        _ = Library.start
        var id = git_oid()
        guard git_odb_hash(&id, object, object.count, GIT_OBJECT_COMMIT) == 0 else {
            throw .signingFailed(detail: Library.lastError().text)
        }
        self.id = ObjectID(id).text
        self.object = Data(object)
    }
}
