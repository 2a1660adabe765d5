package import Connectors

/// Writes what a tenant has as definitions, for `import`.
package enum DefinitionWriter {
    package static func yaml(for observed: ObservedConnector, slug: String) -> String { "" }
}
