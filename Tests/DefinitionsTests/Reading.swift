import Connectors
import Definitions
import FoundationEssentials
import YAML

/// 2026-11-25T12:00:00Z, the day on which all these tests are read.
let now = Date(timeIntervalSince1970: 1_795_608_000)

/// Reads one file with this text.
func read(_ text: String, path: String = "a.yaml") -> DefinitionSet {
    read([path: text])
}

func read(_ files: [String: String]) -> DefinitionSet {
    let files = files.sorted { $0.key < $1.key }.map { DefinitionFile(path: $0.key, bytes: Array($0.value.utf8)) }
    return DefinitionReader.read(files, now: now)
}

/// The diagnostics in short: `3:5 unknown-key`, and with `~` before the rule for a warning.
func short(_ set: DefinitionSet) -> [String] { set.diagnostics.map(short) }

func short(_ diagnostic: Diagnostic) -> String {
    let mark = diagnostic.severity == .warning ? "~" : ""
    return "\(diagnostic.position.line):\(diagnostic.position.column) \(mark)\(diagnostic.rule)"
}

/// A valid outbound connector with these lines at the end of its `spec`, from line 9 on.
func outbound(_ lines: String, name: String = "fabrikam") -> String {
    """
    apiVersion: mitregate.dev/v1
    kind: OutboundConnector
    metadata:
      name: \(name)
    spec:
      enabled: true
      recipientDomains: [\(name).example]
      connectorType: Partner
    \(lines)

    """
}

/// A valid `ForcedTLSPartner` with these lines at the end of its `spec`, from line 8 on.
func partner(_ lines: String, name: String = "fabrikam") -> String {
    """
    apiVersion: mitregate.dev/v1
    kind: ForcedTLSPartner
    metadata:
      name: \(name)
    spec:
      domains: [\(name).example]
      trust: certificate-validation
    \(lines)

    """
}
