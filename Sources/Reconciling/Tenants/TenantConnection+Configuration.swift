package import Configuration
package import ExchangeOnline
import FoundationEssentials
import Logging
import Reports

/// One copy for all tenants: each reading of the process's environment makes another.
private let processEnvironment = ProcessInfo.processInfo.environment

extension RunEnvironment {
    /// How to reach a tenant as its configuration says; nothing is sent yet.
    package func connection(to tenant: TenantConfiguration) throws(RunStop) -> TenantConnection {
        do {
            let endpoints = try Endpoints(
                cloud: tenant.cloud,
                login: tenant.endpoints.login,
                exchange: tenant.endpoints.exchange,
                graph: tenant.endpoints.graph,
                activity: tenant.endpoints.activity
            )
            let pool = try pools.pool(caFile: tenant.endpoints.caFile)
            let pacing = pacing?(tenant.name)
            let onRequest = onRequest.map { told -> TenantConnection.RequestObserver in
                { told(tenant.name, $0, $1) }
            }
            var logger = logger
            logger[metadataKey: "tenant"] = "\(tenant.name)"
            return TenantConnection(
                tenantId: tenant.tenantId,
                organization: tenant.organization,
                endpoints: endpoints,
                tokens: TokenSource(
                    tenantId: tenant.tenantId,
                    endpoints: endpoints,
                    credential: TenantCredential(tenant.credentials),
                    pool: pool,
                    timing: timing,
                    environment: processEnvironment,
                    logger: logger,
                    onRequest: onRequest,
                    pacing: pacing
                ),
                pool: pool,
                timing: timing,
                logger: logger,
                onRequest: onRequest,
                pacing: pacing
            )
        } catch let error as ExchangeError {
            throw RunStop(.error, id: error.id, error.message, remedy: error.remedy)
        } catch {
            throw RunStop(.error, id: "connection-failed", "\(error)")
        }
    }
}

extension TenantCredential {
    package init(_ credentials: CredentialConfiguration) {
        let clientId = credentials.clientId ?? ""
        switch credentials.proof {
        case .clientSecret(let secret):
            self = .clientSecret(
                clientId: clientId,
                secret: { try secret.read("client secret") },
                name: "The client secret in \(secret.place)"
            )
        case .certificate(let certificate, let privateKey):
            self = .certificate(
                clientId: clientId,
                certificatePEM: { try certificate.read("certificate") },
                privateKeyPEM: { try privateKey.read("private key") },
                name: "The certificate in \(certificate.place)"
            )
        case .federatedToken(let file): self = .federatedToken(clientId: clientId, path: file)
        case .managedIdentity: self = .managedIdentity(clientId: credentials.clientId)
        }
    }
}

extension SecretReference {
    /// The secret, read now; an error names the reference and not the secret.
    fileprivate func read(_ what: String) throws -> String {
        do throws(ConfigurationError) {
            return try resolve()
        } catch {
            let problem = error.problems.first
            throw ExchangeError(
                .credentialUnreadable,
                "The \(what) cannot be read from \(place). \(problem?.message ?? "")",
                remedy: problem?.remedy ?? ""
            )
        }
    }
}
