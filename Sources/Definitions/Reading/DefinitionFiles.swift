package import Connectors
package import YAML

/// One file of a tenant's folder, as git or the file system gave it.
package struct DefinitionFile: Hashable, Sendable {
    /// Relative to the tenant's folder, with `/` between its parts.
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

/// What one file says, and what is wrong with it by itself.
///
/// It depends on nothing but the file's path and bytes, so it may be kept under the path and the blob's id; unless `isCut`, as
/// that depends on what was read before it.
package struct ParsedFile: Sendable {
    package let path: String
    /// Whether a spent budget ended the reading, so that what else the file says is not known.
    package let isCut: Bool
    let hasTooManyDocuments: Bool
    package let diagnostics: [Diagnostic]
    /// How many documents could be read as YAML.
    package let documents: Int
    let connectors: [DesiredConnector]
    let approvals: Approvals
    /// To show lines where files disagree with each other.
    let source: SourceText
}

/// What the one who asks knows beyond the files.
package struct DefinitionScope: Sendable {
    /// The ids of the gate's checks, which a waiver may name; `nil` where they are not known.
    package var checks: Set<String>?
    /// Whether smart hosts may have addresses that the internet does not reach, as in a laboratory.
    package var allowsAnyNetwork: Bool

    package init(checks: Set<String>? = nil, allowsAnyNetwork: Bool = false) {
        self.checks = checks
        self.allowsAnyNetwork = allowsAnyNetwork
    }
}

/// What a tenant's folder says, and everything that is wrong with it.
package struct DefinitionSet: Sendable {
    /// To be used only when `hasErrors` is false.
    package let desired: DesiredTenant
    /// In the order of the places that they point at; where there are more than are told, the last one says so.
    package let diagnostics: [Diagnostic]
    package let files: Int
    package let documents: Int

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
