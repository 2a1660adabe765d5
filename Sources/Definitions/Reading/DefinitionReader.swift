package import FoundationEssentials
import Connectors
package import YAML
import Synchronization

/// Reads a tenant's folder: every document, every error in one pass.
package enum DefinitionReader {
    /// No tenant's folder has more files than this.
    package static let maximumFiles = 50_000

    /// Whether a file of the folder is read at all: YAML by its name, and neither hidden nor in a hidden folder.
    ///
    /// By its bytes, as `GitRepositories` has it: what that reads and this does not would be gone without a word.
    package static func isDefinition(_ path: String) -> Bool {
        let end = path.utf8.suffix(5).map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
        guard end.elementsEqual(".yaml".utf8) || end.suffix(4).elementsEqual(".yml".utf8) else { return false }
        return !path.utf8.split(separator: UInt8(ascii: "/")).contains { part in
            part.first == UInt8(ascii: ".") && !part.elementsEqual("..".utf8) && part.count > 1
        }
    }

    /// What one file says; the same bytes under the same path give the same value, within a budget of its own.
    package static func parse(_ file: DefinitionFile) -> ParsedFile {
        var budget = ReadingBudget()
        return parse(file, within: &budget)
    }

    /// What one file says, as far as a run's budget goes; a file that finds it spent is not read (`isCut`).
    package static func parse(_ file: DefinitionFile, within budget: inout ReadingBudget) -> ParsedFile {
        let findings = Findings(SourceText(path: file.path, bytes: budget.isSpent ? [] : file.bytes), within: budget)
        var reader = DocumentReader(findings)
        let isRead = !budget.isSpent
        if isRead {
            checkPath(file.path, findings)
            YAMLReader.read(findings, limits: .definitions) { reader.read($0) }
            reader.template?.finish()
        }
        budget = findings.budget
        return ParsedFile(
            path: file.path,
            findings: findings,
            reader: reader,
            isCut: !isRead || findings.isFull
        )
    }

    /// What the files say together, with the rules that need all of them or the time.
    ///
    package static func assemble(
        _ files: [ParsedFile],
        now: Date,
        scope: DefinitionScope = DefinitionScope()
    ) -> DefinitionSet {
        var budget = ReadingBudget()
        return assemble(files, now: now, scope: scope, within: &budget)
    }

    package static func assemble(
        _ files: [ParsedFile],
        now: Date,
        scope: DefinitionScope,
        within budget: inout ReadingBudget
    ) -> DefinitionSet {
        guard files.count <= maximumFiles else { return tooMany(files.count) }
        return DefinitionAssembly(files, now: now, scope: scope, budget).set(within: &budget)
    }

    /// What is wrong with a file of the folder of templates by itself.
    package static func templateDiagnostics(_ file: DefinitionFile) -> [Diagnostic] {
        let parsed = parse(file)
        guard parsed.template == nil, parsed.diagnostics.allSatisfy({ $0.severity != .error }) else {
            return parsed.diagnostics
        }
        return parsed.diagnostics + [.noTemplate(file.path)]
    }

    /// The instances of templates with what they stand for, in the order of the files; wrong ones are left out.
    package static func expand(_ files: [ParsedFile], scope: DefinitionScope) -> [ExpandedInstance] {
        ExpandedFiles(files, scope, ReadingBudget(), keepsDocuments: true).kept
    }

    /// `parse` and `assemble` in one; files that are not definitions are passed over.
    package static func read(
        _ files: [DefinitionFile],
        now: Date,
        scope: DefinitionScope = DefinitionScope()
    ) -> DefinitionSet {
        let files = files.filter { isDefinition($0.path) }
        guard files.count <= maximumFiles else { return tooMany(files.count) }
        var budget = ReadingBudget()
        return assemble(files.map { parse($0, within: &budget) }, now: now, scope: scope)
    }

    /// As `read`, on every core, within what is left of a run's budget.
    ///
    /// - Parameter scope: Given what each file says by itself, as the templates that are used are known only then.
    package static func read(
        _ files: [DefinitionFile],
        now: Date,
        within budget: inout ReadingBudget,
        scope: ([ParsedFile]) -> DefinitionScope
    ) async -> DefinitionSet {
        let files = files.filter { isDefinition($0.path) }
        guard files.count <= maximumFiles else { return tooMany(files.count) }
        budget.documents = ReadingBudget.maximumDocuments
        let parsed = await parse(files, onEveryCoreWithin: budget)
        return assemble(parsed, now: now, scope: scope(parsed), within: &budget)
    }

    /// Each core has a stretch of the files, so that of many errors the first are told, however many cores there are.
    private static func parse(
        _ files: [DefinitionFile],
        onEveryCoreWithin budget: ReadingBudget
    ) async -> [ParsedFile] {
        let shares = max(1, ProcessInfo.processInfo.activeProcessorCount)
        let size = max(1, (files.count + shares - 1) / shares)
        let documents = DocumentCount(budget.documents)
        return await withTaskGroup(of: (Int, [ParsedFile]).self) { group in
            for start in stride(from: 0, to: files.count, by: size) {
                group.addTask {
                    var budget = budget
                    let parsed = files[start..<min(start + size, files.count)].map { file in
                        budget.documents = documents.left
                        let parsed = parse(file, within: &budget)
                        documents.take(parsed.documents)
                        return parsed
                    }
                    return (start, parsed)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    /// How many documents of a folder may still be read, counted over all cores.
    private final class DocumentCount: Sendable {
        private let count: Mutex<Int>

        init(_ count: Int) { self.count = Mutex(count) }

        var left: Int { count.withLock { $0 } }

        func take(_ documents: Int) { count.withLock { $0 -= documents } }
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
