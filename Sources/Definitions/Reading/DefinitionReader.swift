package import FoundationEssentials
import Connectors
import YAML

/// Reads a tenant's folder: every document, every error in one pass.
package enum DefinitionReader {
    /// More files than this are no tenant's folder.
    package static let maximumFiles = 50_000

    /// Whether a file of the folder is read at all: YAML by its name, and neither hidden nor in a hidden folder.
    package static func isDefinition(_ path: String) -> Bool {
        guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") || hasUpperCaseSuffix(path) else { return false }
        return !path.utf8.split(separator: UInt8(ascii: "/")).contains { part in
            part.first == UInt8(ascii: ".") && !part.elementsEqual("..".utf8) && part.count > 1
        }
    }

    private static func hasUpperCaseSuffix(_ path: String) -> Bool {
        let end = String(path.suffix(5)).asciiLowercased
        return end.hasSuffix(".yaml") || end.hasSuffix(".yml")
    }

    /// What one file says; the same bytes under the same path give the same value.
    package static func parse(_ file: DefinitionFile) -> ParsedFile {
        let findings = Findings(SourceText(path: file.path, bytes: file.bytes))
        var reader = DocumentReader(findings)
        checkPath(file.path, findings)
        YAMLReader.read(findings, limits: .definitions) { reader.read($0) }
        return ParsedFile(
            path: file.path,
            diagnostics: findings.diagnostics,
            documents: reader.documents,
            connectors: reader.connectors,
            approvals: reader.approvals,
            source: findings.source
        )
    }

    /// What the files say together, with the rules that need all of them or the time.
    ///
    /// - Parameter checks: The ids of the gate's checks, which a waiver may name; `nil` where they are not known.
    package static func assemble(_ files: [ParsedFile], now: Date, checks: Set<String>? = nil) -> DefinitionSet {
        files.count > maximumFiles ? tooMany(files.count) : DefinitionAssembly(files, now: now, checks: checks).set
    }

    /// `parse` and `assemble` in one; files that are no definitions are passed over.
    package static func read(_ files: [DefinitionFile], now: Date, checks: Set<String>? = nil) -> DefinitionSet {
        let files = files.filter { isDefinition($0.path) }
        guard files.count <= maximumFiles else { return tooMany(files.count) }
        return assemble(files.map(parse), now: now, checks: checks)
    }

    private static func tooMany(_ count: Int) -> DefinitionSet {
        let diagnostic = Diagnostic(
            rule: "too-many-files",
            severity: .error,
            position: SourcePosition(file: "."),
            reason: "the folder has \(count) YAML files, and at most \(maximumFiles) are read",
            remedy: "Name the folder of one tenant."
        )
        return DefinitionSet(
            desired: DesiredTenant(connectors: []),
            diagnostics: [diagnostic],
            files: count,
            documents: 0
        )
    }

    private static func checkPath(_ path: String, _ findings: Findings) {
        if path.unicodeScalars.contains(where: \.isTreacherous) {
            findings.add(
                "path-name",
                at: .file,
                "the file's name has a control or invisible character, which hides what it is",
                remedy: "Rename the file."
            )
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if parts.contains("..") || parts.contains("") {
            findings.add(
                "path-name",
                at: .file,
                "the file's path leads out of the folder",
                remedy: "Name files below the folder, without \"..\"."
            )
        }
    }
}
