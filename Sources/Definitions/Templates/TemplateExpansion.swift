import Connectors
import YAML

/// Makes ordinary definitions of the instances of a tenant.
struct TemplateExpansion {
    private let library: TemplateLibrary
    /// The files of the tenant's folder, to show a line of one.
    private let sources: [String: SourceText]
    private(set) var budget: ReadingBudget
    private var size = 0
    private(set) var instances = 0

    /// Whether what is made is kept for people to look at.
    var keepsDocuments = false
    private(set) var kept: [ExpandedInstance] = []

    /// Instances of one tenant.
    static let maximumInstances = 1_000
    /// What all instances of a tenant may come to, in bytes: as much as its folder may have.
    static let maximumSize = 16 << 20

    init(_ library: TemplateLibrary, sources: [String: SourceText], within budget: ReadingBudget) {
        self.library = library
        self.sources = sources
        self.budget = budget
    }

    /// What an instance says, as if it had been written out in a file of its own.
    mutating func file(of instance: TemplateInstance) -> ParsedFile? {
        guard let (template, file) = self.template(of: instance), file.diagnostics.allSatisfy({ $0.severity != .error })
        else {
            return nil
        }
        let path = library.path(of: instance.template)
        let findings = Findings(
            SourceText(path: path, bytes: file.source.bytes, instance: instance.origin),
            within: budget
        )
        defer { budget = findings.budget }
        instances += 1
        guard instances <= Self.maximumInstances else {
            if instances == Self.maximumInstances + 1 {
                findings.add(
                    "template-too-many",
                    at: template.place,
                    "the tenant has more than \(Self.maximumInstances) instances of templates, and no more are read",
                    remedy: "Write what they have in common into one definition."
                )
            }
            return parsed(path, findings, DocumentReader(findings))
        }
        var reader = DocumentReader(findings)
        guard let values = self.values(of: instance, template, findings) else { return parsed(path, findings, reader) }
        var documents: [ExpandedInstance.Document] = []
        for document in template.documents where !findings.isFull {
            var substitution = Substitution(values, maximumSize: Self.maximumSize - size)
            let root = substitution.node(document)
            size += substitution.size
            guard !substitution.isTooLarge else {
                findings.add(
                    "template-too-large",
                    at: document.place,
                    "the instances of templates of this tenant come to more than \(Self.maximumSize >> 20) MiB",
                    remedy: "Write shorter lists, or fewer instances."
                )
                break
            }
            guard findings.takeDocument() else { break }
            reader.read(YAMLDocument(root: root, source: findings.source))
            if keepsDocuments {
                let place = document.place.position(in: file.source)
                let position = SourcePosition(file: path, line: place.line, column: place.column)
                documents.append(ExpandedInstance.Document(position: position, content: DocumentValue(root)))
            }
        }
        if keepsDocuments { keep(documents, of: instance, template, values, path) }
        reader.add(labels: instance.labels, annotations: instance.annotations)
        return parsed(path, findings, reader)
    }

    /// What is wrong with the instances themselves.
    private(set) var diagnostics: [Diagnostic] = []

    private mutating func keep(
        _ documents: [ExpandedInstance.Document],
        of instance: TemplateInstance,
        _ template: Template,
        _ values: [String: ParameterValue],
        _ path: String
    ) {
        kept.append(
            ExpandedInstance(
                template: template.name,
                position: SourcePosition(file: path, line: template.place.line, column: template.place.column),
                instance: instance.position,
                isConfigured: instance.isConfigured,
                values: template.parameters.compactMap { parameter in
                    guard let value = values[parameter.name] else { return nil }
                    let given = instance.values.first { $0.name == parameter.name }
                    let place = parameter.place
                    return ExpandedInstance.Value(
                        name: parameter.name,
                        text: value.text,
                        position: given?.position
                            ?? SourcePosition(file: path, line: place.line, column: place.column),
                        isDefault: given == nil
                    )
                },
                documents: documents
            )
        )
    }

    private func parsed(_ path: String, _ findings: Findings, _ reader: DocumentReader) -> ParsedFile {
        ParsedFile(path: path, findings: findings, reader: reader, isCut: findings.isFull)
    }

    private mutating func template(of instance: TemplateInstance) -> (Template, ParsedFile)? {
        if let file = library.files[instance.template] {
            guard let template = file.template else { return nil }
            return (template, file)
        }
        let all = library.names.prefix(20).joined(separator: ", ")
        add(
            "unknown-template",
            at: instance.templatePosition,
            of: instance,
            "template \"\(instance.template)\" not found: the repository has no file \(Template.folder)/\(instance.template).yaml",
            remedy: Nearest.question(instance.template, among: library.names)
                ?? (library.names.isEmpty ? "Write it, or remove the instance." : "Known templates: \(all).")
        )
        return nil
    }

    /// The value of each parameter; `nil` where one is wrong or missing.
    private mutating func values(
        of instance: TemplateInstance,
        _ template: Template,
        _ findings: Findings
    ) -> [String: ParameterValue]? {
        var values: [String: ParameterValue] = [:]
        var isRight = true
        for parameter in template.parameters {
            let place = parameter.place.position(in: findings.source)
            guard let given = instance.values.first(where: { $0.name == parameter.name }) else {
                if let fallback = parameter.fallback {
                    values[parameter.name] = fallback
                    continue
                }
                isRight = false
                add(
                    "template-value",
                    at: instance.position,
                    of: instance,
                    related: place,
                    "the template \(template.name) needs a value for \"\(parameter.name)\", and none is given",
                    remedy: "Give \(parameter.type.name) under values."
                )
                continue
            }
            let (value, problem) = parameter.value(of: given.content)
            values[parameter.name] = value
            guard let problem else { continue }
            isRight = false
            let reason = "the value \(parameter.name) of the template \(template.name) \(problem.reason)"
            add(ValueProblem.rule, at: given.position, of: instance, related: place, reason, remedy: problem.remedy)
        }
        let names = template.parameters.map(\.name)
        // Those of the configuration are shared by all templates of the tenant.
        for given in instance.values where !instance.isConfigured && !names.contains(given.name) {
            isRight = false
            addUnknown(
                given,
                of: instance,
                names,
                "the template \(template.name) has",
                related: template.place.position(in: findings.source)
            )
        }
        return isRight ? values : nil
    }

    /// Values of the configuration that none of the tenant's templates takes.
    mutating func checkConfigured(_ instances: [TemplateInstance]) {
        guard let first = instances.first, instances.allSatisfy({ library.files[$0.template]?.template != nil }) else {
            return
        }
        let names = Set(instances.flatMap { library.files[$0.template]?.template?.parameters.map(\.name) ?? [] })
        for given in first.values where !names.contains(given.name) {
            addUnknown(given, of: first, names.sorted(), "none of the tenant's templates has", related: nil)
        }
    }

    private mutating func addUnknown(
        _ given: GivenValue,
        of instance: TemplateInstance,
        _ names: [String],
        _ which: String,
        related: SourcePosition?
    ) {
        let shown = YAMLScalar(text: given.name, isQuoted: true).shown
        let verb = which.hasPrefix("none") ? "a parameter" : "no parameter"
        add(
            "template-value",
            at: given.position,
            of: instance,
            related: related,
            "\(which) \(verb) \"\(shown)\", so the value would have no effect",
            remedy: Nearest.question(given.name, among: names)
                ?? (names.isEmpty ? "Remove it." : "Remove it; the parameters are \(names.joined(separator: ", ")).")
        )
    }

    /// Adds what is wrong with an instance; one of the configuration is told at its template, as it lies outside the repository.
    private mutating func add(
        _ rule: String,
        at position: SourcePosition,
        of instance: TemplateInstance,
        related: SourcePosition? = nil,
        _ reason: String,
        remedy: String
    ) {
        guard budget.take(.error) else { return }
        var place = position
        var other = related
        var excerpt: Excerpt?
        if instance.isConfigured {
            let template = related ?? SourcePosition(file: library.path(of: instance.template))
            place = SourcePosition(
                file: template.file,
                line: template.line,
                column: template.column,
                instance: SourcePosition.Instance(position, isConfigured: true)
            )
            other = nil
        } else if let source = sources[position.file] {
            excerpt = Excerpt(source, YAMLPlace(line: position.line, column: position.column))
        }
        diagnostics.append(
            Diagnostic(
                rule: rule,
                severity: .error,
                position: place,
                reason: reason,
                remedy: remedy,
                excerpt: excerpt,
                related: other.map { SourcePosition(file: $0.file, line: $0.line, column: $0.column) }
            )
        )
    }
}
