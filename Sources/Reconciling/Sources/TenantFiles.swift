package import Configuration
package import Definitions
package import GitRepositories
import TLSGate

/// The files of a tenant's folder as they lie in a commit, for whoever edits them, and what else is needed to read them.
package struct TenantFiles: Sendable {
    /// Named from the tenant's folder.
    package let files: [DefinitionFile]
    package let scope: DefinitionScope
    /// As `TenantDefinitions.id`.
    package let id: String

    /// Of a tenant whose folder the commit does not have.
    package static func none(of tenant: TenantConfiguration, _ configuration: Configuration) -> TenantFiles {
        let scope = tenant.definitionScope(TemplateLibrary(below: tenant.path), configuration)
        return TenantFiles(files: [], scope: scope, id: "")
    }

    /// - Throws: `missingFolder` when the commit has no such folder.
    package static func read(
        _ tenant: TenantConfiguration,
        at commit: String,
        in storage: any GitStorage,
        _ parsed: ParsedFiles,
        _ configuration: Configuration
    ) async throws(GitError) -> TenantFiles {
        let definitions = try await TenantDefinitions.read(tenant, at: commit, in: storage, parsed)
        let files = try await storage.files(at: commit, under: tenant.path)
        return TenantFiles(
            files: files.map { DefinitionFile(path: $0.path, bytes: $0.bytes) },
            scope: tenant.definitionScope(definitions.templates, configuration),
            id: definitions.id
        )
    }
}

extension TenantConfiguration {
    /// What the tenant's definitions may name in addition to each other.
    func definitionScope(_ templates: TemplateLibrary, _ configuration: Configuration) -> DefinitionScope {
        DefinitionScope(
            checks: Check.ids,
            allowsAnyNetwork: configuration.gate.networks == .any,
            templates: templates,
            instances: templateInstances
        )
    }
}
