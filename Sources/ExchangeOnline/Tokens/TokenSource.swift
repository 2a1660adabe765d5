import Connectors
package import FoundationEssentials
package import Logging
package import Transfers

/// The tokens of one tenant: one for each resource, kept, renewed five minutes before its end, and asked for once
/// however many need it.
package actor TokenSource {
    private struct Kept {
        var token: AccessToken
        var renewal: Date
    }

    private typealias Fetch = SharedTask<Result<AccessToken, ExchangeError>>

    private let tenantId: String
    private let endpoints: Endpoints
    private let credential: TenantCredential
    private let pool: TransferPool
    private let timing: Timing
    private let environment: [String: String]
    private let backoff = Backoff()
    private let logger: Logger
    private let onRequest: TenantConnection.RequestObserver?
    private let pacing: RequestPacing?
    nonisolated let trouble = LastTrouble()
    private var kept: [TokenResource: Kept] = [:]
    private var running: [TokenResource: Fetch] = [:]
    /// What the service asked of the next token.
    private var claims: [TokenResource: String] = [:]

    /// The name under which requests for tokens are counted.
    package static let requestName = "token"

    /// - Parameters:
    ///   - environment: Read for a managed identity alone.
    ///   - onRequest: Told of each request for a token, under the name `requestName`.
    package init(
        tenantId: String,
        endpoints: Endpoints,
        credential: TenantCredential,
        pool: TransferPool,
        timing: Timing = .system,
        environment: [String: String] = [:],
        logger: Logger = Logger(label: "mitregate.exchange"),
        onRequest: TenantConnection.RequestObserver? = nil,
        pacing: RequestPacing? = nil
    ) {
        self.tenantId = tenantId
        self.endpoints = endpoints
        self.credential = credential
        self.pool = pool
        self.timing = timing
        self.environment = environment
        self.logger = logger
        self.onRequest = onRequest
        self.pacing = pacing
    }

    /// The application's id, where the configuration names it.
    package nonisolated var clientId: String? { credential.clientId }

    /// When the certificate by which the application signs in ends; nothing for other credentials, and for a certificate
    /// that cannot be read.
    package nonisolated var certificateEnd: Date? {
        guard case .certificate(_, let certificate, let key, _) = credential else { return nil }
        guard let certificatePEM = try? certificate(), let privateKeyPEM = try? key() else { return nil }
        return (try? SigningCertificate(certificatePEM: certificatePEM, privateKeyPEM: privateKeyPEM))?.notAfter
    }

    /// The first three characters of a client secret, by which Microsoft Entra tells secrets apart.
    ///
    /// Nothing for other credentials.
    nonisolated var secretHint: String? {
        guard case .clientSecret(_, let secret, _) = credential, let text = try? secret(), text.count > 12 else {
            return nil
        }
        return String(text.prefix(3))
    }

    /// A token that is good for some minutes yet.
    ///
    /// Where renewing fails for the moment and the old token still works, that one is given.
    package func token(for resource: TokenResource) async throws(ExchangeError) -> AccessToken {
        if let kept = kept[resource], timing.now() < kept.renewal { return kept.token }
        switch await fetched(resource) {
        case .success(let token): return token
        case .failure(let error):
            guard error.isTransient, let kept = kept[resource], timing.now() < kept.token.expires else { throw error }
            logger.warning("token not renewed, the old one is used", metadata: ["reason": "\(error.id)"])
            return kept.token
        }
    }

    /// Forgets a token that the service did not take; a newer one that another task fetched meanwhile stays.
    ///
    /// - Parameter claims: What the service asked of the next token.
    package func invalidate(_ token: AccessToken, for resource: TokenResource, claims: String? = nil) {
        guard kept[resource]?.token == token else { return }
        kept[resource] = nil
        self.claims[resource] = claims
    }

    private func fetched(_ resource: TokenResource) async -> Result<AccessToken, ExchangeError> {
        if let fetch = running[resource], let result = await fetch.value() { return result }
        guard !Task.isCancelled else { return .failure(.cancelled()) }
        let fetch = Fetch { await self.fetch(resource) }
        running[resource] = fetch
        let result = await fetch.value()
        if running[resource] === fetch { running[resource] = nil }
        return result ?? .failure(.cancelled())
    }

    private func fetch(_ resource: TokenResource) async -> Result<AccessToken, ExchangeError> {
        do throws(ExchangeError) {
            let answer = try await answer(resource)
            let margin = min(300, answer.lifetime / 2)
            kept[resource] = Kept(token: answer.token, renewal: answer.token.expires.addingTimeInterval(-margin))
            claims[resource] = nil
            return .success(answer.token)
        } catch {
            return .failure(error)
        }
    }

    /// Asks until there is an answer to go by; a request for a token may be repeated at will.
    private func answer(_ resource: TokenResource) async throws(ExchangeError) -> TokenAnswer {
        var attempt = 1
        var serverTime: Date?
        while true {
            let asked = timing.now()
            let (outcome, date) = await send(try request(resource, now: serverTime ?? asked))
            guard case .failure(let error) = outcome else { return try outcome.get() }
            if error.tokenErrorCode == 700_024, serverTime == nil, let date {
                let seconds = Int(asked.timeIntervalSince(date))
                logger.warning("our clock is off; the service's is used once", metadata: ["seconds": "\(seconds)"])
                serverTime = date
                continue
            }
            let wait = backoff.delay(
                after: attempt,
                retryAfter: error.retryAfter,
                isRefusal: error.isRefusalOfLoad,
                random: timing.random()
            )
            guard error.isTransient, let wait else {
                var error = error
                error.wasRetried = error.isTransient
                throw error
            }
            trouble.note(error)
            guard !error.isNameUnknown || attempt < Backoff.attemptsAtUnknownName else { throw error }
            guard await timing.wait(wait) else { throw ExchangeError.cancelled() }
            attempt += 1
        }
    }

    /// A fresh request each time: an assertion is used once, and a federated token's file rotates.
    private func request(_ resource: TokenResource, now: Date) throws(ExchangeError) -> TokenRequest {
        if case .managedIdentity(let clientId) = credential {
            return try TokenRequest.managedIdentity(
                clientId: clientId,
                resource: endpoints.resource(resource),
                environment: environment
            )
        }
        return try TokenRequest.grant(
            credential,
            tenantId: tenantId,
            endpoints: endpoints,
            resource: resource,
            claims: claims[resource],
            now: now
        )
    }

    private func send(_ request: TokenRequest) async -> (Result<TokenAnswer, ExchangeError>, serverTime: Date?) {
        let response: HTTPResponse
        _ = await pacing?.turn(false)
        do {
            response = try await pool.send(request.request)
            onRequest?(Self.requestName, response.status)
        } catch {
            onRequest?(Self.requestName, nil)
            return (.failure(.transfer(error, whatFor: "a token")), nil)
        }
        logger.debug("token endpoint answered", metadata: ["status": "\(response.status)"])
        do throws(ExchangeError) {
            guard response.status != 200 else {
                return (.success(try TokenAnswer(response, now: timing.now())), response.date)
            }
            throw request.isManagedIdentity
                ? TokenErrors.managedIdentity(response, secrets: request.secrets)
                : TokenErrors.error(
                    status: response.status,
                    body: response.body,
                    retryAfter: response.retryAfter(),
                    secrets: request.secrets,
                    credential: credential.name
                )
        } catch {
            return (.failure(error), response.date ?? TokenErrors.time(in: response.body))
        }
    }
}
