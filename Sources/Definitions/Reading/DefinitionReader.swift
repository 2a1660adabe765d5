package import FoundationEssentials
import Connectors

/// Reads a tenant's folder: every document, every error in one pass.
package enum DefinitionReader {
    /// Whether a file of the folder is read at all: YAML by its name, and neither hidden nor in a hidden folder.
    package static func isDefinition(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, !parts.contains(where: { $0.hasPrefix(".") }) else { return false }
        let lower = name.lowercased()
        return lower.hasSuffix(".yaml") || lower.hasSuffix(".yml")
    }

    /// What one file says; the same bytes under the same path give the same value.
    package static func parse(_ file: DefinitionFile) -> ParsedFile {
        let findings = Findings(SourceText(path: file.path, bytes: file.bytes))
        var documents = 0
        YAMLReader.read(findings, limits: .definitions) { _ in documents += 1 }
        return ParsedFile(
            path: file.path,
            diagnostics: findings.diagnostics,
            documents: documents,
            connectors: [],
            waivers: [],
            acceptedDrifts: [],
            source: findings.source
        )
    }

    /// What the files say together, with the rules that need all of them or the time.
    package static func assemble(_ files: [ParsedFile], now: Date) -> DefinitionSet {
        DefinitionSet(
            desired: DesiredTenant(connectors: files.flatMap(\.connectors)),
            diagnostics: files.flatMap(\.diagnostics),
            files: files.count,
            documents: files.reduce(0) { $0 + $1.documents }
        )
    }

    /// `parse` and `assemble` in one.
    package static func read(_ files: [DefinitionFile], now: Date) -> DefinitionSet {
        assemble(files.filter { isDefinition($0.path) }.map(parse), now: now)
    }
}
