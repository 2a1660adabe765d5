package import FoundationEssentials

/// What a commit of ours is made of: files of a commit that is there already, changed, added or removed.
package struct BranchChange: Hashable, Codable, Sendable {
    /// One file as it is to be.
    package struct File: Hashable, Codable, Sendable {
        /// From the repository's top, such as `tenants/contoso/partner.yaml`.
        package let path: String
        /// `nil`: the file is removed, and its folder with the last one in it.
        package let content: Data?

        package init(path: String, content: [UInt8]?) {
            self.path = path
            self.content = content.map { Data($0) }
        }
    }

    /// The commit that it is made on; 40 hex digits.
    package var base: String
    package var files: [File]
    /// The whole message; a line break is added where it ends without one.
    package var message: String
    /// Author and committer; the date to the second.
    package var author: Commit.Person

    /// How much the files may hold together, in bytes.
    static let maximumBytes = 8 << 20
    static let maximumFiles = 10_000

    package init(base: String, files: [File], message: String, author: Commit.Person) {
        self.base = base
        self.files = files
        self.message = message
        self.author = author
    }

    func checkLimits() throws(GitError) {
        guard files.count <= Self.maximumFiles else {
            throw .limitPassed(.init(.files, at: "the change", limit: Self.maximumFiles))
        }
        guard files.reduce(0, { $0 + ($1.content?.count ?? 0) }) <= Self.maximumBytes else {
            throw .limitPassed(.init(.totalBytes, at: "the change", limit: Self.maximumBytes))
        }
    }
}
