import Connectors
import Definitions
import Foundation
import Reports

/// What was imported, for scripts: each file's name and text, and whether it is a definition or only a comment.
struct ImportDocument: ReportDocument {
    static let kind = "Import"
    static let formatVersion = "1.1"

    struct File: Encodable, Sendable {
        let file: String
        let kind: String
        let name: String
        let displayName: String
        let isDefinition: Bool
        let text: String
    }

    let tenant: String
    let files: [File]
    /// The request that adds the files, such as `#12`, and its page; only where one was asked for.
    var request: String?
    var page: String?

    init(tenant: String, files: [ImportedFile]) {
        self.tenant = tenant
        self.files = files.map {
            File(
                file: $0.name,
                kind: $0.key.kind.rawValue,
                name: $0.key.name,
                displayName: $0.displayName,
                isDefinition: $0.isDefinition,
                text: $0.text
            )
        }
    }

    init(tenant: String, files: [File], request: String?, page: String?) {
        self.tenant = tenant
        self.files = files
        self.request = request
        self.page = page
    }
}
