package import Configuration
import Connectors
import ExchangeOnline
package import Forges
import FoundationEssentials
package import Reconciling
import Reports

extension RunEnvironment {
    /// Signs in to a source's forge as the configuration says; nothing is sent yet.
    package func forge(of source: Source) throws -> any Forge {
        guard let forge = source.forge else {
            throw RunStop.forgeMissing(source, self)
        }
        return try Forges.ForgeSettings(
            kind: Forges.ForgeSettings.Kind(forge.kind),
            url: forge.url,
            repository: forge.repository,
            credentials: try credentials(forge)
        ).forge(
            pool: try pools.pool(caFile: nil),
            timing: ForgeTiming(clock: timing.clock, now: timing.now)
        )
    }

    private func credentials(_ forge: SourceForge) throws -> Forges.ForgeSettings.Credentials {
        switch forge.credentials {
        case .token(let secret): return .token { try secret.resolve() }
        case .app(let id, let installation, let key):
            return .app(id: id, installation: installation) { try key.resolve() }
        case .entra(let tenantId, let credentials):
            let tokens = TokenSource(
                tenantId: tenantId,
                endpoints: Endpoints(cloud: .worldwide),
                credential: TenantCredential(credentials),
                pool: try pools.pool(caFile: nil),
                timing: timing,
                environment: ProcessInfo.processInfo.environment,
                logger: logger
            )
            return .bearer { refused in
                let token = try await tokens.token(for: .azureDevOps)
                guard token.text == refused else { return token.text }
                await tokens.invalidate(token, for: .azureDevOps)
                return try await tokens.token(for: .azureDevOps).text
            }
        }
    }
}

extension RunStop {
    static func forgeMissing(_ source: Source, _ environment: RunEnvironment) -> RunStop {
        RunStop(
            .usage,
            id: "forge-missing",
            "The source \"\(source.name)\" has no forge, so it has no requests.",
            remedy:
                "Add forge: {kind, url, repository, credentials} to the source in \(environment.configuration.file)."
        )
    }
}
