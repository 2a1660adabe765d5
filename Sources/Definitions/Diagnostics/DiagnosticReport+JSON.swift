import Connectors
import YAML

extension DiagnosticReport {
    /// For scripts: `diagnostics` has everything; `errors` has the errors in the shape that every command's errors have.
    var json: String {
        JSONValue.object([
            ("formatVersion", .string("1.0")),
            ("kind", .string("Validation")),
            ("valid", .boolean(errors == 0)),
            ("files", .integer(files)),
            ("documents", .integer(documents)),
            ("diagnostics", .array(diagnostics.map { member($0, hasSeverity: true) })),
            ("errors", .array(diagnostics.filter { $0.severity == .error }.map { member($0, hasSeverity: false) })),
        ]).text
    }

    private func member(_ diagnostic: Diagnostic, hasSeverity: Bool) -> JSONValue {
        var members: [(String, JSONValue)] = [("id", .string(diagnostic.rule))]
        if hasSeverity { members.append(("severity", .string(diagnostic.severity.rawValue))) }
        members.append(("message", .string(diagnostic.reason)))
        members.append(("remedy", .string(diagnostic.remedy)))
        members += place(diagnostic.position)
        if let instance = instance(diagnostic.position) { members.append(("instance", .object(placeAsIs(instance)))) }
        if hasSeverity, let related = diagnostic.related { members.append(("related", .object(place(related)))) }
        return .object(members)
    }

    private func place(_ position: SourcePosition) -> [(String, JSONValue)] { placeAsIs(position.below(prefix)) }

    private func placeAsIs(_ position: SourcePosition) -> [(String, JSONValue)] {
        var members: [(String, JSONValue)] = [("file", .string(position.file))]
        if position.line > 0 { members.append(("line", .integer(position.line))) }
        if position.column > 0 { members.append(("column", .integer(position.column))) }
        return members
    }
}
