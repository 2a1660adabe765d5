package import Connectors
import YAML

/// One file that `import` writes.
package struct ImportedFile: Hashable, Sendable {
    /// As in `outboundconnector-fabrikam.yaml`.
    package let name: String
    package let key: ConnectorKey
    package let displayName: String
    package let text: String
    /// False when the text is only a comment, which says why.
    package let isDefinition: Bool
}

extension DefinitionWriter {
    /// A file for each object, such that the folder of them validates, and planning it shows no change.
    ///
    /// What would disagree with another file is left as a comment: a connector that competes with an earlier one for a domain, a rule
    /// that leads to a connector that is left alone.
    ///
    /// - Parameters:
    ///   - schemas: The folder of the JSON Schemas from the files, for editors; `nil` where it is not known.
    ///   - taken: What other definitions are called already.
    package static func files(
        for observed: [ObservedConnector],
        schemas: String? = DefinitionWriter.schemas,
        taken: Set<ConnectorKey> = []
    ) -> [ImportedFile] {
        let slugs = Slug.unique(for: observed, except: taken)
        let order = observed.indices.sorted { (observed[$0].kind, slugs[$0]) < (observed[$1].kind, slugs[$1]) }
        var files: [ImportedFile] = []
        var accepted: [DesiredConnector] = []
        for index in order {
            let object = observed[index]
            var (text, isDefinition) = document(for: object, slug: slugs[index], schemas: schemas)
            if isDefinition {
                let file = DefinitionFile(path: "\(slugs[index]).yaml", bytes: Array(text.utf8))
                let read = DefinitionReader.parse(file).connectors
                let problems = RepositoryRules.violations(accepted + read).filter { $0.violation.severity == .error }
                if problems.isEmpty {
                    accepted += read
                } else {
                    let name = YAMLScalar(text: object.displayName, isQuoted: true).quoted
                    let reason = "\(object.kind) \(name) disagrees with another object, and is left alone:"
                    let reasons = problems.map { "- \($0.violation.reason). \($0.violation.remedy)" }
                    text = comment([reason] + reasons, before: text)
                    isDefinition = false
                }
            }
            files.append(
                ImportedFile(
                    name: "\(object.kind.rawValue.asciiLowercased)-\(slugs[index]).yaml",
                    key: ConnectorKey(kind: object.kind, name: slugs[index]),
                    displayName: object.displayName,
                    text: text,
                    isDefinition: isDefinition
                )
            )
        }
        return files
    }
}
