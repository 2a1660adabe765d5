import Connectors
package import YAML

/// What one file says, and what is wrong with it by itself.
///
/// It depends on nothing but the file's path and bytes, so it may be kept under the path and the blob's id.
package struct ParsedFile: Sendable {
    package let path: String
    package let diagnostics: [Diagnostic]
    /// How many documents could be read as YAML.
    package let documents: Int
    let connectors: [DesiredConnector]
    let approvals: Approvals
    /// To show lines where files disagree with each other.
    let source: SourceText
}
