import Connectors
import YAML

extension DiagnosticReport {
    /// Workflow commands, which GitHub shows next to the lines of a pull request.
    ///
    /// Source: docs.github.com/actions/reference/workflows-and-actions/workflow-commands and the escapes of
    /// github.com/actions/toolkit `packages/core/src/command.ts`.
    var github: String {
        diagnostics.map { diagnostic in
            var properties = ["file=\(Self.property(path(diagnostic.position)))"]
            if diagnostic.position.line > 0 { properties.append("line=\(diagnostic.position.line)") }
            if diagnostic.position.column > 0 { properties.append("col=\(diagnostic.position.column)") }
            properties.append("title=\(Self.property(diagnostic.rule))")
            let instance = instance(diagnostic.position).map { "\nThe instance: \($0)" } ?? ""
            let message = Self.data("\(diagnostic.reason)\n\(diagnostic.remedy)\(instance)")
            return "::\(diagnostic.severity.rawValue) \(properties.joined(separator: ","))::\(message)\n"
        }.joined()
    }

    private static func data(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: result += String(scalar).escapingControls
            }
        }
        return result
    }

    private static func property(_ text: String) -> String {
        var result = ""
        for scalar in data(text).unicodeScalars {
            switch scalar {
            case ":": result += "%3A"
            case ",": result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
