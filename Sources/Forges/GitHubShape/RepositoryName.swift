/// `owner/name`, as GitHub, Gitea and Forgejo name a repository.
struct RepositoryName: Hashable, Sendable, CustomStringConvertible {
    let owner: String
    let name: String

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        owner = String(parts[0])
        name = String(parts[1])
    }

    var description: String { "\(owner)/\(name)" }

    /// The path of a call about the repository.
    func path(_ rest: String...) -> [String] { ["repos", owner, name] + rest }
}
