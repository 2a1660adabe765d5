package import Definitions
package import GitRepositories
import Synchronization
import YAML

/// Files that were parsed already, by path and blob: what has not changed is not read or parsed again.
///
/// Its size is bounded: when it grows beyond that, the files that were not asked for longest are dropped.
package final class ParsedFiles: Sendable {
    private struct Kept {
        let file: ParsedFile
        let bytes: Int
        /// The number of the request that used it last.
        var lastUse: Int
    }

    private struct State {
        var files: [TreeEntry: Kept] = [:]
        /// The templates that the files of a tree name, by the tree's id.
        var templates: [String: Set<String>] = [:]
        var bytes = 0
        var requests = 0
    }

    private let state = Mutex(State())
    private let maximumBytes: Int

    /// - Parameter maximumBytes: Of the files themselves; what was made of them takes some ten times as much.
    package init(maximumBytes: Int = 4 << 20) { self.maximumBytes = maximumBytes }

    /// How many bytes of files are kept in parsed form.
    package var bytes: Int { state.withLock(\.bytes) }

    /// Parses the files of a folder at a commit, reading only those that are new.
    package func parse(
        _ entries: [TreeEntry],
        in storage: any GitStorage
    ) async throws(GitError) -> [ParsedFile] {
        let wanted = entries.filter { DefinitionReader.isDefinition($0.path) }
        let known = use(wanted)
        let missing = zip(wanted, known).compactMap { entry, file in file == nil ? entry : nil }
        var fresh: [TreeEntry: Kept] = [:]
        var budget = ReadingBudget()
        for file in missing.isEmpty ? [] : try await storage.files(missing) {
            fresh[TreeEntry(path: file.path, blob: file.blob)] = Kept(
                file: DefinitionReader.parse(DefinitionFile(path: file.path, bytes: file.bytes), within: &budget),
                bytes: file.bytes.count,
                lastUse: 0
            )
        }
        keep(fresh.filter { !$0.value.file.isCut })
        return zip(wanted, known).compactMap { entry, file in file ?? fresh[entry]?.file }
    }

    /// The templates that the files of a tree name, where that is known.
    func templates(ofTree id: String) -> Set<String>? { state.withLock { $0.templates[id] } }

    func remember(_ templates: Set<String>, ofTree id: String) {
        state.withLock { state in
            // Each is small; the trees of ten thousand tenants have room.
            if state.templates.count >= 20_000 { state.templates.removeAll() }
            state.templates[id] = templates
        }
    }

    private func use(_ entries: [TreeEntry]) -> [ParsedFile?] {
        state.withLock { state in
            state.requests += 1
            return entries.map { entry in
                state.files[entry]?.lastUse = state.requests
                return state.files[entry]?.file
            }
        }
    }

    private func keep(_ fresh: [TreeEntry: Kept]) {
        state.withLock { state in
            for (entry, var kept) in fresh where state.files[entry] == nil {
                kept.lastUse = state.requests
                state.files[entry] = kept
                state.bytes += kept.bytes
            }
            guard state.bytes > maximumBytes else { return }
            // Some room is made at once, so that not every request sorts.
            for (entry, kept) in state.files.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                guard state.bytes > maximumBytes / 4 * 3 else { break }
                state.files[entry] = nil
                state.bytes -= kept.bytes
            }
        }
    }
}
