package import Connectors
package import YAML

/// A template of the repository of which a tenant has an instance.
package struct TenantTemplate: Hashable, Sendable {
    package let name: String
    /// Where the tenant was written, by the file's name alone.
    package let position: SourcePosition

    package init(name: String, position: SourcePosition) {
        self.name = name
        self.position = position
    }
}

/// A value that the operator gives the templates of a tenant, for the parameter of its name.
package struct TenantValue: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case scalar(YAMLScalar)
        case list([YAMLScalar])
        /// A cell of a table, in which everything is text and a list stands between semicolons.
        case cell(String)
    }

    package let name: String
    package let content: Content
    /// In the operator's file or a table of it, by the file's name alone: it is shown to people who don't know this machine.
    package let position: SourcePosition

    package init(name: String, content: Content, position: SourcePosition) {
        self.name = name
        self.content = content
        self.position = position
    }
}
