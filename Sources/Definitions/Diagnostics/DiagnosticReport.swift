import Connectors
package import YAML

/// Everything that is wrong with a folder, ready to be written.
package struct DiagnosticReport: Sendable {
    package var diagnostics: [Diagnostic]
    package var files: Int
    package var documents: Int
    /// Put before every path, so that it is found from where the reader stands: `tenants/contoso/`.
    package var prefix: String
    /// This program's version, for SARIF.
    package var version: String
    /// For the text only.
    package var usesColor: Bool

    package init(
        diagnostics: [Diagnostic],
        files: Int,
        documents: Int,
        prefix: String = "",
        version: String = "0.0.0",
        usesColor: Bool = false
    ) {
        self.diagnostics = diagnostics
        self.files = files
        self.documents = documents
        self.prefix = prefix
        self.version = version
        self.usesColor = usesColor
    }

    package init(_ set: DefinitionSet, prefix: String = "", version: String = "0.0.0", usesColor: Bool = false) {
        self.init(
            diagnostics: set.diagnostics,
            files: set.files,
            documents: set.documents,
            prefix: prefix,
            version: version,
            usesColor: usesColor
        )
    }

    /// The report as text that ends in a line end; for `github` it may be empty.
    package func render(_ format: DiagnosticFormat) -> String {
        switch format {
        case .text: text
        case .json: json
        case .sarif: sarif
        case .github: github
        }
    }

    var errors: Int { diagnostics.count { $0.severity == .error } }
    var warnings: Int { diagnostics.count - errors }

    /// A file's path from where the reader stands.
    func path(_ position: SourcePosition) -> String { position.below(prefix).file }

    /// Where the template is used that a place lies in, as seen from where the reader stands.
    func instance(_ position: SourcePosition) -> SourcePosition? { position.below(prefix).instance?.position }
}
