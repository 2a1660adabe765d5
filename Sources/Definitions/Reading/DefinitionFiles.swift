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
    /// The instances of templates that it has; what they stand for is known only with the templates.
    let instances: [TemplateInstance]
    /// What the file is as a whole, where its first document says so.
    let template: Template?
    /// To show lines where files disagree with each other.
    let source: SourceText

    /// The names of the templates that it uses.
    package var usedTemplates: [String] { instances.map(\.template) }

    init(path: String, findings: Findings, reader: DocumentReader, isCut: Bool) {
        self.path = path
        self.isCut = isCut
        hasTooManyDocuments = findings.hasTooManyDocuments
        diagnostics = findings.diagnostics
        documents = reader.documents
        connectors = reader.connectors
        approvals = reader.approvals
        instances = reader.instances
        template = reader.template?.template
        source = findings.source
    }
}

/// What the one who asks knows beyond the files.
package struct DefinitionScope: Sendable {
    /// The ids of the gate's checks, which a waiver may name; `nil` where they are not known.
    package var checks: Set<String>?
    /// Whether smart hosts may have addresses that the internet does not reach, as in a laboratory.
    package var allowsAnyNetwork: Bool
    /// What instances of templates stand for.
    package var templates: TemplateLibrary
    /// The instances that the operator's configuration gives the tenant.
    package var instances: [TemplateInstance]

    package init(
        checks: Set<String>? = nil,
        allowsAnyNetwork: Bool = false,
        templates: TemplateLibrary = TemplateLibrary(below: "."),
        instances: [TemplateInstance] = []
    ) {
        self.checks = checks
        self.allowsAnyNetwork = allowsAnyNetwork
        self.templates = templates
        self.instances = instances
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
