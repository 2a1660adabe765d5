/// A folder inside a repository, by the names that lead to it; none means the top.
struct FolderPath {
    let names: [String]

    /// Takes `tenants/contoso`, `./tenants/contoso/`, `.` and the empty path.
    init(_ path: String) throws(GitError) {
        let shown = path.printable
        guard !path.hasPrefix("/") else {
            throw .invalidFolder(path: shown, reason: "it must be relative to the repository")
        }
        names = path.split(separator: "/").map(String.init).filter { $0 != "." }
        guard !names.contains("..") else {
            throw .invalidFolder(path: shown, reason: "\"..\" leads out of the repository")
        }
        guard !names.contains(where: { $0.lowercased() == ".git" }) else {
            throw .invalidFolder(path: shown, reason: "it is git's own")
        }
        guard shown == path else { throw .invalidFolder(path: shown, reason: "it holds control characters") }
    }

    var text: String { names.joined(separator: "/") }
    /// For messages.
    var shown: String { names.isEmpty ? "." : text }
}
