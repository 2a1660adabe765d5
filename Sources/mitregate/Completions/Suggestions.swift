import Configuration
import Connectors
import Definitions
import Foundation
import Reports
import StateStore

/// What a shell is offered while a command line is typed: names that this machine knows.
///
/// No tenant, partner or forge is asked, no secret is read, nothing is fetched, and what is wrong is not told: the command
/// itself tells it.
enum Suggestions {
    static func tenants(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        (configuration(words)?.tenants ?? []).map(\.tenant.name).filter { $0.hasPrefix(prefix) }
    }

    static func sources(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        (configuration(words)?.sources ?? []).map(\.name).filter { $0.hasPrefix(prefix) }
    }

    /// Newest first.
    static func runs(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        guard let store = store(words) else { return [] }
        return StoreSuggestions.runs(at: store, beginning: prefix)
    }

    static func kinds(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        let kinds = words.contains("--outputs") ? OutputSchemas.kinds : DefinitionKind.allCases.map(\.rawValue)
        return kinds.filter { $0.lowercased().hasPrefix(prefix.lowercased()) }
    }

    /// Slugs of connectors: those that were applied, and those of definitions in work trees on this machine.
    static func definitions(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
        let tenants = values(of: "--tenant", in: words)
        var names = Set(store(words).map { StoreSuggestions.connectors(at: $0, tenants: tenants) } ?? [])
        var left = maximumFiles
        var folders: Set<String> = []
        for entry in configuration(words)?.tenants ?? [] where entry.source.url.hasPrefix("/") {
            guard left > 0, tenants.isEmpty || tenants.contains(entry.tenant.name) else { continue }
            guard folders.insert("\(entry.source.url)/\(entry.tenant.path)").inserted else { continue }
            let files = files(below: entry.source.url, entry.tenant.path, limit: left)
            left -= files.count
            let set = DefinitionReader.read(files, now: Date(), scope: DefinitionScope())
            names.formUnion(set.desired.connectors.map(\.key.name))
        }
        return names.filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// No more files than that are read for one list.
    private static let maximumFiles = 500
    private static let maximumSize = 256 << 10

    private static func files(below root: String, _ path: String, limit: Int) -> [DefinitionFile] {
        let folder = URL(filePath: root, directoryHint: .isDirectory).appending(path: path)
        guard let names = FileManager.default.enumerator(atPath: folder.path(percentEncoded: false)) else { return [] }
        var files: [DefinitionFile] = []
        for case let name as String in names where DefinitionReader.isDefinition(name) {
            guard files.count < limit else { break }
            let file = folder.appending(path: name).path(percentEncoded: false)
            guard let bytes = BoundedFile.read(file, limit: maximumSize), bytes.count <= maximumSize else { continue }
            files.append(DefinitionFile(path: name, bytes: bytes))
        }
        return files
    }

    private static func store(_ words: [String]) -> String? { try? configuration(words)?.store.url.sqlitePath() }

    private static func configuration(_ words: [String]) -> Configuration? {
        try? ConfigurationReader.read(
            path: values(of: "--config", in: words).last,
            environment: ProcessInfo.processInfo.environment
        )
    }

    /// What was typed so far for an option: `--tenant contoso` or `--tenant=contoso`.
    private static func values(of option: String, in words: [String]) -> [String] {
        let apart = zip(words, words.dropFirst()).filter { $0.0 == option }.map(\.1)
        let joined = words.filter { $0.hasPrefix("\(option)=") }.map { String($0.dropFirst(option.utf8.count + 1)) }
        return (apart + joined).filter { !$0.isEmpty }
    }
}
