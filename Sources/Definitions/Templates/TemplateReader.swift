import Connectors
import YAML

/// Reads a file that is a template: what it says of itself, then its documents.
struct TemplateReader {
    private let findings: Findings
    private(set) var template: Template
    private var used: Set<String> = []
    /// Parameters that are there and cannot be read: what uses them must not be told that they are absent.
    private var suspects: Set<String> = []

    /// Reads the first document.
    init(_ spec: YAMLFields, _ metadata: Metadata) {
        findings = spec.findings
        _ = spec.text("description")
        template = Template(name: metadata.name, place: metadata.namePlace, parameters: [])
        if let parameters = spec.node("parameters").flatMap({ YAMLFields($0, spec.path("parameters"), findings) }) {
            template.parameters = Self.parameters(parameters)
            suspects = Set(parameters.entries.map(\.key)).subtracting(template.parameters.map(\.name))
        }
        spec.reportUnknownKeys()
        checkName()
    }

    /// Takes in one of the documents behind it.
    mutating func add(_ root: YAMLNode) {
        guard template.documents.count < Template.maximumDocuments else {
            if template.documents.count == Template.maximumDocuments {
                findings.add(
                    "template-too-large",
                    at: root.place,
                    "the template has more than \(Template.maximumDocuments) documents",
                    remedy: "Divide it into several templates."
                )
            }
            return
        }
        template.documents.append(root)
        guard case .mapping(let mapping) = root.value else { return }
        for entry in mapping.entries where entry.key == "apiVersion" || entry.key == "kind" {
            checkFixed(entry)
        }
        check(root)
    }

    /// What shows only at the end of the file.
    func finish() {
        if template.documents.isEmpty, findings.errors == 0 {
            findings.add(
                "template-empty",
                at: template.place,
                "the template has no definitions",
                remedy: "Write them behind it, each after a line with ---."
            )
        }
        guard findings.errors == 0 else { return }
        for parameter in template.parameters where !used.contains(parameter.name) {
            findings.add(
                "template-parameter",
                at: parameter.place,
                "no definition of the template has ${\(parameter.name)}, so a value for it would have no effect",
                remedy: "Use it, or remove it."
            )
        }
    }

    private func checkName() {
        guard !template.name.isEmpty else { return }
        let file = findings.source.path.split(separator: "/").last.map(String.init) ?? ""
        guard TemplateLibrary.name(of: file) != template.name else { return }
        findings.add(
            "template-name",
            at: template.place,
            "the template is named \"\(template.name)\" and lies in the file \"\(file.escapingControls)\", where it is not found",
            remedy: "Name the file \(template.name).yaml."
        )
    }

    /// What a document is cannot hang on a value.
    private func checkFixed(_ entry: YAMLMapping.Entry) {
        guard let text = entry.value.scalar?.text else { return }
        if Placeholders.mayStand(in: text) {
            findings.add(
                "template-structure",
                at: entry.value.place,
                "\(entry.key) cannot be given by a value",
                remedy: "Write it out; make two templates where both are wanted."
            )
        }
        guard text == DefinitionKind.template.rawValue || text == DefinitionKind.templateInstance.rawValue else {
            return
        }
        findings.add(
            "template-nested",
            at: entry.value.place,
            "a template holds no \(text): templates do not nest",
            remedy: "Write the definitions out, or give the tenant an instance of both."
        )
    }

    private mutating func check(_ node: YAMLNode) {
        switch node.value {
        case .scalar(let scalar): check(scalar, at: node.place)
        case .sequence(let items): for item in items { check(item) }
        case .mapping(let mapping):
            for entry in mapping.entries {
                if Placeholders.mayStand(in: entry.key) {
                    findings.add(
                        "template-structure",
                        at: entry.keyPlace,
                        "a key cannot be given by a value",
                        remedy: "Write the key out; $${ stands for ${ in a value."
                    )
                }
                check(entry.value)
            }
        }
    }

    private mutating func check(_ scalar: YAMLScalar, at place: YAMLPlace) {
        guard Placeholders.mayStand(in: scalar.text) else { return }
        guard let placeholders = Placeholders(scalar.text) else {
            findings.add(
                "template-placeholder",
                at: place,
                "\"\(scalar.shown)\" has a ${ that is followed by no name and }",
                remedy: "Write ${name} with the name of a parameter, or $${ where ${ itself is meant."
            )
            return
        }
        for name in placeholders.names {
            guard let parameter = template.parameters.first(where: { $0.name == name }) else {
                if suspects.contains(name) { continue }
                let names = template.parameters.map(\.name)
                findings.add(
                    "template-parameter",
                    at: place,
                    "the template has no parameter \"\(name)\"",
                    remedy: Nearest.question(name, among: names) ?? "Add it to spec.parameters, or correct the name."
                )
                continue
            }
            used.insert(name)
            guard placeholders.whole == nil, parameter.isList || !parameter.type.fitsIntoText else { continue }
            findings.add(
                "template-placeholder",
                at: place,
                "${\(name)} is \(parameter.isList ? "a list" : parameter.type.name), and cannot stand inside a text",
                remedy: "Write it as the whole value, or give the parameter another type."
            )
        }
    }
}

extension TemplateReader {
    fileprivate static func parameters(_ fields: YAMLFields) -> [Parameter] {
        let findings = fields.findings
        if fields.entries.count > Template.maximumParameters {
            findings.add(
                "template-too-large",
                at: fields.place,
                "the template has \(fields.entries.count) parameters, and at most \(Template.maximumParameters) are taken",
                remedy: "Divide it into several templates."
            )
        }
        return fields.entries.prefix(Template.maximumParameters).compactMap { entry in
            guard Parameter.isName(entry.key) else {
                findings.add(
                    "template-parameter",
                    at: entry.keyPlace,
                    "\"\(YAMLScalar(text: entry.key, isQuoted: true).shown)\" cannot be the name of a parameter",
                    remedy: "Use letters and digits, beginning with a small letter, as in tlsDomain."
                )
                return nil
            }
            guard let fields = YAMLFields(entry.value, fields.path(entry.key), findings) else { return nil }
            return parameter(entry, fields)
        }
    }

    private static func parameter(_ entry: YAMLMapping.Entry, _ fields: YAMLFields) -> Parameter? {
        let types = ParameterType.allCases.map(\.rawValue)
        let node = fields.required("type", remedy: "Give one of \(types.joined(separator: ", ")).")
        let type = node?.choice(fields.path("type"), types, fields.findings).flatMap(ParameterType.init)
        _ = fields.text("description")
        let isList = fields.boolean("list") ?? false
        let choices = fields.texts("values") ?? []
        let lowest = fields.integer("minimum", in: 0...Self.largest)
        let highest = fields.integer("maximum", in: 0...Self.largest)
        let fallback = fields.node("default")
        fields.reportUnknownKeys()
        guard let type else { return nil }
        checkLimits(type, fields, hasChoices: !choices.isEmpty, lowest, highest)
        var parameter = Parameter(
            name: entry.key,
            type: type,
            isList: isList,
            choices: choices.map(\.text),
            range: (lowest ?? 0)...max(lowest ?? 0, highest ?? Self.largest),
            place: entry.keyPlace
        )
        if let fallback {
            let (value, problem) = parameter.value(of: GivenValue.Content(fallback))
            parameter.fallback = value
            if let problem {
                fields.findings.add(
                    ValueProblem.rule,
                    at: fallback.place,
                    "\(fields.path("default")) \(problem.reason)",
                    remedy: problem.remedy
                )
            }
        }
        return parameter
    }

    private static var largest: Int { 1_000_000_000 }

    private static func checkLimits(
        _ type: ParameterType,
        _ fields: YAMLFields,
        hasChoices: Bool,
        _ lowest: Int?,
        _ highest: Int?
    ) {
        if type == .choice, !hasChoices {
            fields.findings.add(
                "template-parameter",
                at: fields.place(of: "type"),
                "a choice has values to choose from, and none are given",
                remedy: "Write values: [WORD, …]."
            )
        }
        let idle = (type == .choice ? [] : ["values"]) + (type == .integer ? [] : ["minimum", "maximum"])
        for key in idle where fields.has(key) {
            fields.findings.add(
                "template-parameter",
                at: fields.keyPlace(of: key),
                "\(key) has no effect on \(type.rawValue)",
                remedy: key == "values" ? "Remove it, or write type: choice." : "Remove it, or write type: integer."
            )
        }
        if let lowest, let highest, lowest > highest {
            fields.findings.add(
                "out-of-range",
                at: fields.place(of: "maximum"),
                "maximum is less than minimum",
                remedy: "Swap them."
            )
        }
    }
}
