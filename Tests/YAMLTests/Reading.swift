import YAML
import Connectors

/// A diagnostic in short: `3:5 unknown-key`, and with `~` before the rule for a warning.
func short(_ diagnostic: Diagnostic) -> String {
    let mark = diagnostic.severity == .warning ? "~" : ""
    return "\(diagnostic.position.line):\(diagnostic.position.column) \(mark)\(diagnostic.rule)"
}
