package import Connectors
package import YAML

/// What a tenant's folder says, and everything that is wrong with it.
package struct DefinitionSet: Sendable {
    /// To be used only when `hasErrors` is false.
    package let desired: DesiredTenant
    /// In the order of the places that they point at.
    package let diagnostics: [Diagnostic]
    package let files: Int
    package let documents: Int

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
