import Connectors
import YAML

/// Definitions with parameters, as one file of the folder `templates` has them.
struct Template: Sendable {
    /// The folder of a repository that templates lie in, at its top.
    static let folder = "templates"
    /// Documents of one template, without the one that describes it.
    static let maximumDocuments = 100
    static let maximumParameters = 64

    let name: String
    let place: YAMLPlace
    var parameters: [Parameter]
    var documents: [YAMLNode] = []
}

/// The templates that a tenant's instances may name.
package struct TemplateLibrary: Sendable {
    /// The folder `templates` as it is named from the tenant's own: `../../templates`.
    package let folder: String
    /// The files of the templates that are used, by the names of the templates.
    package var files: [String: ParsedFile]
    /// The names of all that there are.
    package var names: [String]

    /// - Parameter tenant: The tenant's folder in the repository; empty for the repository itself.
    package init(below tenant: String, files: [String: ParsedFile] = [:], names: [String] = []) {
        let depth = tenant.split(separator: "/").count { $0 != "." }
        folder = String(repeating: "../", count: depth) + Template.folder
        self.files = files
        self.names = names
    }

    /// The folder of the repository that templates lie in.
    package static let path = Template.folder

    /// The template that a file in that folder is; `nil` for one that cannot be one.
    package static func name(of file: String) -> String? {
        guard file.hasSuffix(".yaml"), !file.contains("/") else { return nil }
        let name = String(file.dropLast(5))
        return Slug.isValid(name) ? name : nil
    }

    func path(of name: String) -> String { "\(folder)/\(name).yaml" }
}
