package import Connectors
import YAML

/// Writes what a tenant has as definitions, for `import`.
///
/// A definition has every field that differs from Exchange's default, and those that a reader looks for first. What no definition
/// can say, or what others own, becomes a comment, so that nothing is silently left out.
package enum DefinitionWriter {
    /// Where the modeline looks for the schemas unless the caller says otherwise, relative to the file.
    package static let schemas = "schemas"

    /// One object as a definition, or as a comment that says why it is none.
    package static func yaml(
        for observed: ObservedConnector,
        slug: String,
        schemas: String? = DefinitionWriter.schemas
    ) -> String {
        document(for: observed, slug: slug, schemas: schemas).text
    }

    /// A definition, and whether it is one.
    static func document(
        for observed: ObservedConnector,
        slug: String,
        schemas: String?
    ) -> (text: String, isDefinition: Bool) {
        if let reason = reasonToLeaveAlone(observed) { return (comment([reason]), false) }
        let text = definition(observed, slug, schemas)
        let read = DefinitionReader.parse(DefinitionFile(path: "\(slug).yaml", bytes: Array(text.utf8)))
        let errors = read.diagnostics.filter { $0.severity == .error }
        guard !errors.isEmpty else { return (text, true) }
        let reason = "\(observed.kind) \(shown(observed)) cannot be a definition as it is, and is left alone:"
        return (comment([reason] + errors.map { "- \($0.reason). \($0.remedy)" }, before: text), false)
    }

    private static func definition(_ observed: ObservedConnector, _ slug: String, _ schemas: String?) -> String {
        let kind = observed.kind
        let modeline = schemas.map {
            "# yaml-language-server: $schema=\($0)/\(kind.rawValue.asciiLowercased).schema.json"
        }
        var lines = [
            modeline,
            "apiVersion: \(DefinitionKind.apiVersion)",
            "kind: \(kind.rawValue)",
            "metadata:",
            "  name: \(YAMLText.scalar(slug))",
            "spec:",
            "  name: \(YAMLText.scalar(observed.displayName))",
        ].compactMap(\.self)
        for field in kind.fields {
            guard let value = observed.settings[field.name] else { continue }
            guard !field.isSame(value, field.defaultValue) || telling[kind]?.contains(field.name) ?? false else {
                continue
            }
            lines.append("  \(field.name):\(YAMLText.value(field.written(value), indent: 4))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Fields that are written even when they have their default: they say what the object is for.
    private static let telling: [ConnectorKind: Set<String>] = [
        .outboundConnector: ["enabled", "connectorType", "useMXRecord", "tlsSettings"],
        .inboundConnector: ["enabled", "connectorType", "requireTls"],
        .transportRule: ["enabled", "mode"],
    ]

    private static func reasonToLeaveAlone(_ observed: ObservedConnector) -> String? {
        let name = "\(observed.kind) \(shown(observed))"
        switch observed.origin {
        case .hybridWizard:
            return """
                \(name) belongs to the Hybrid Configuration Wizard, which overwrites it whenever it is run, and is left alone. \
                To take it over nevertheless, write a definition with the annotation \(Annotation.adopt): enabled.
                """
        case .validationCopy:
            return "\(name) is a copy that the admin center made for a validation, and is left alone."
        case .standard, .migrated: break
        }
        guard !observed.unmanagedParts.isEmpty else { return nil }
        let parts = observed.unmanagedParts.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
        return """
            \(name) is left alone: no definition can say all of its conditions, exceptions and actions \
            (\(parts.joined(separator: ", ").escapingControls)).
            """
    }

    private static func shown(_ observed: ObservedConnector) -> String {
        YAMLScalar(text: observed.displayName, isQuoted: true).quoted
    }

    static func comment(_ paragraphs: [String], before text: String = "") -> String {
        var lines = paragraphs.flatMap { wrapped($0.escapingControls, width: 100) }.map { "# \($0)" }
        lines += text.split(separator: "\n", omittingEmptySubsequences: true).map { "#   \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + word.count >= width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + (line.isEmpty ? [] : [line])
    }
}

extension Field {
    /// A value as the tenant gave it, in the form in which people write it.
    fileprivate func written(_ value: FieldValue) -> FieldValue {
        switch type {
        case .set(let term):
            // The tenant's order and letter case stay; what only its rendering adds goes.
            let texts = isJoined(value) ? normal(value).strings : value.strings
            return .list(texts.map { term == .domainPattern ? term.normal($0) : $0 })
        case .boolean, .integer, .choice: return normal(value)
        case .single(let term):
            guard case .text(let text) = value, case .text = term else { return normal(value) }
            return .text(text)
        }
    }

    private func isJoined(_ value: FieldValue) -> Bool {
        if case .text = value { return true }
        return false
    }
}
