import Connectors
import YAML

extension DiagnosticReport {
    /// For code scanning.
    ///
    /// Source: SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), and what docs.github.com/code-security calls required.
    var sarif: String {
        var rules: [String] = []
        var indexes: [String: Int] = [:]
        for diagnostic in diagnostics where indexes[diagnostic.rule] == nil {
            indexes[diagnostic.rule] = rules.count
            rules.append(diagnostic.rule)
        }
        let driver: JSONValue = .object([
            ("name", .string("Mitregate")),
            ("semanticVersion", .string(version)),
            ("rules", .array(rules.map(rule))),
        ])
        let run: JSONValue = .object([
            ("tool", .object([("driver", driver)])),
            ("columnKind", .string("unicodeCodePoints")),
            ("results", .array(diagnostics.map { result($0, indexes[$0.rule] ?? 0) })),
        ])
        return JSONValue.object([
            ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
            ("version", .string("2.1.0")),
            ("runs", .array([run])),
        ]).text
    }

    private func rule(_ id: String) -> JSONValue {
        let words = id.split(separator: "-").joined(separator: " ")
        let title = words.prefix(1).uppercased() + words.dropFirst()
        let text: JSONValue = .object([("text", .string(title))])
        return .object([
            ("id", .string(id)), ("shortDescription", text), ("fullDescription", text), ("help", text),
        ])
    }

    private func result(_ diagnostic: Diagnostic, _ index: Int) -> JSONValue {
        // The configuration is no file of the repository, so it is told in words.
        let instance = instance(diagnostic.position).map { " The instance: \($0)." } ?? ""
        var members: [(String, JSONValue)] = [
            ("ruleId", .string(diagnostic.rule)),
            ("ruleIndex", .integer(index)),
            ("level", .string(diagnostic.severity.rawValue)),
            ("message", .object([("text", .string("\(diagnostic.reason). \(diagnostic.remedy)\(instance)"))])),
            ("locations", .array([.object([location(diagnostic.position)])])),
        ]
        if let related = diagnostic.related {
            members.append(("relatedLocations", .array([.object([("id", .integer(1)), location(related)])])))
        }
        return .object(members)
    }

    private func location(_ position: SourcePosition) -> (String, JSONValue) {
        var region: [(String, JSONValue)] = []
        if position.line > 0 {
            region.append(("startLine", .integer(position.line)))
            if position.column > 0 { region.append(("startColumn", .integer(position.column))) }
        }
        var members: [(String, JSONValue)] = [
            ("artifactLocation", .object([("uri", .string(Self.reference(path(position))))]))
        ]
        if !region.isEmpty { members.append(("region", .object(region))) }
        return ("physicalLocation", .object(members))
    }

    /// A path as a URI reference: everything but unreserved characters and `/` in per cent (RFC 3986 section 2).
    private static func reference(_ path: String) -> String {
        var result = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
