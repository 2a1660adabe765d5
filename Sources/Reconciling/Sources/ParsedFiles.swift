import Definitions
import GitRepositories
import Synchronization
import YAML

/// Files that were parsed already, by path and blob: what has not changed is never read or parsed again.
package final class ParsedFiles: Sendable {
    private let files = Mutex<[TreeEntry: ParsedFile]>([:])

    package init() {}

    /// Parses the files of a folder at a commit, reading only those that are new.
    func parse(_ entries: [TreeEntry], in storage: any GitStorage) async throws(GitError) -> [ParsedFile] {
        let wanted = entries.filter { DefinitionReader.isDefinition($0.path) }
        let known = files.withLock { files in wanted.map { files[$0] } }
        let missing = zip(wanted, known).compactMap { entry, file in file == nil ? entry : nil }
        var fresh: [TreeEntry: ParsedFile] = [:]
        var budget = ReadingBudget()
        for file in missing.isEmpty ? [] : try await storage.files(missing) {
            fresh[TreeEntry(path: file.path, blob: file.blob)] =
                DefinitionReader.parse(DefinitionFile(path: file.path, bytes: file.bytes), within: &budget)
        }
        let added = fresh.filter { !$0.value.isCut }
        files.withLock { $0.merge(added) { old, _ in old } }
        return zip(wanted, known).compactMap { entry, file in file ?? fresh[entry] }
    }
}
