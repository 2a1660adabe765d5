import Connectors
import YAML

/// The files of a tenant together with what its instances of templates stand for.
struct ExpandedFiles {
    private(set) var files: [ParsedFile]
    /// What is wrong with templates that are used, and with the instances.
    private(set) var diagnostics: [Diagnostic] = []
    /// The templates that are used, to show lines of them.
    private(set) var sources: [String: SourceText] = [:]
    private(set) var budget: ReadingBudget
    /// How many templates are used.
    private(set) var templates = 0
    private(set) var kept: [ExpandedInstance] = []

    /// - Parameter keepsDocuments: Whether `kept` has what is made, for people to look at.
    init(_ written: [ParsedFile], _ scope: DefinitionScope, _ budget: ReadingBudget, keepsDocuments: Bool = false) {
        self.budget = budget
        files = written
        checkPlaces(scope.templates)
        let instances = written.flatMap(\.instances) + scope.instances
        guard !instances.isEmpty else { return }
        let used = Set(instances.map(\.template)).sorted()
        for name in used {
            guard let file = scope.templates.files[name] else { continue }
            templates += 1
            let path = scope.templates.path(of: name)
            sources[path] = SourceText(path: path, bytes: file.source.bytes)
            diagnostics += file.diagnostics.map { $0.moved(from: file.path, to: path) }
            if file.template == nil, file.diagnostics.allSatisfy({ $0.severity != .error }) {
                diagnostics.append(.noTemplate(path))
            }
        }
        self.budget.documents = max(0, budget.documents - written.reduce(0) { $0 + $1.documents })
        let texts = Dictionary(written.map { ($0.path, $0.source) }) { first, _ in first }
        var expansion = TemplateExpansion(scope.templates, sources: texts, within: self.budget)
        expansion.keepsDocuments = keepsDocuments
        files += instances.compactMap { expansion.file(of: $0) }
        expansion.checkConfigured(scope.instances)
        diagnostics += expansion.diagnostics
        kept = expansion.kept
        self.budget = expansion.budget
    }

    /// A template that lies elsewhere would never be found.
    private mutating func checkPlaces(_ library: TemplateLibrary) {
        for file in files where file.template != nil {
            let name = file.path.split(separator: "/").last.map(String.init) ?? ""
            if library.folder == Template.folder, file.path == "\(Template.folder)/\(name)" { continue }
            diagnostics.append(
                Diagnostic(
                    rule: "template-place",
                    severity: .error,
                    position: file.template?.place.position(in: file.source) ?? SourcePosition(file: file.path),
                    reason: "the template lies among a tenant's definitions, where no instance finds it",
                    remedy:
                        "Move it into the folder \(Template.folder) at the repository's top: \(library.folder)/\(name)."
                )
            )
        }
    }
}

extension Diagnostic {
    static func noTemplate(_ path: String) -> Diagnostic {
        Diagnostic(
            rule: "template-kind",
            severity: .error,
            position: SourcePosition(file: path),
            reason: "the file does not begin with a document of kind \(DefinitionKind.template.rawValue)",
            remedy: "Begin it with one, or move its definitions into a tenant's folder."
        )
    }

    /// The same for a file that is named otherwise from where the tenant is.
    fileprivate func moved(from old: String, to new: String) -> Diagnostic {
        func moved(_ position: SourcePosition) -> SourcePosition {
            position.file == old ? SourcePosition(file: new, line: position.line, column: position.column) : position
        }
        return Diagnostic(
            rule: rule,
            severity: severity,
            position: moved(position),
            reason: reason,
            remedy: remedy,
            excerpt: excerpt,
            related: related.map(moved)
        )
    }
}
