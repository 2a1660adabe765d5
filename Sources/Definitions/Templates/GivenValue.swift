package import Connectors
package import YAML

/// A value that someone gives a template, for the parameter of its name.
package struct GivenValue: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case scalar(YAMLScalar)
        case list([YAMLScalar])
        /// A cell of a table, in which everything is text and a list stands between semicolons.
        case cell(String)
        /// What is neither one value nor a list of values, by its kind.
        case other(String)
    }

    package let name: String
    package let content: Content
    /// Where it stands: in the tenant's folder, or in the operator's file.
    package let position: SourcePosition

    package init(name: String, content: Content, position: SourcePosition) {
        self.name = name
        self.content = content
        self.position = position
    }
}

extension GivenValue.Content {
    init(_ node: YAMLNode) {
        switch node.value {
        case .scalar(let scalar): self = .scalar(scalar)
        case .sequence(let items):
            let scalars = items.compactMap(\.scalar)
            self = scalars.count == items.count ? .list(scalars) : .other("a list of lists or mappings")
        case .mapping: self = .other("a mapping")
        }
    }
}
