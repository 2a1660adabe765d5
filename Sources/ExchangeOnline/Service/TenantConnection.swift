import FoundationEssentials
package import Logging
package import Transfers

/// The way to one tenant's admin API: its tokens, its host, at most two requests in flight, and patience.
///
/// Source: seven independent public clients agree on `POST /adminapi/beta/{tenant}/InvokeCommand`.
package struct TenantConnection: Sendable {
    package let tenantId: String
    package let organization: String
    package let endpoints: Endpoints
    let tokens: TokenSource
    let pool: TransferPool
    let timing: Timing
    private let baseLogger: Logger
    let backoff = Backoff()
    let trustedHosts: TrustedHosts
    let discovery: HostDiscovery
    /// The service caps concurrency for each tenant without telling its figure; two is what public clients get along with.
    let semaphore = Semaphore(count: 2)
    /// One for the life of the connection, as Microsoft's module sends it.
    let connectionId = UUID().uuidString.lowercased()
    let onRequest: RequestObserver?
    let pacing: RequestPacing?

    /// Told of every request once its end is known, retries included: for a cmdlet, for a list of Graph, or for a token.
    ///
    /// The status is that of the answer, nothing where there was none. It is called on the sending task and must not block.
    package typealias RequestObserver = @Sendable (_ cmdlet: String, _ status: Int?) -> Void

    /// - Parameters:
    ///   - tenantId: The tenant's GUID, or one of its verified domains.
    ///   - organization: The initial domain: `contoso.onmicrosoft.com`.
    package init(
        tenantId: String,
        organization: String,
        endpoints: Endpoints,
        tokens: TokenSource,
        pool: TransferPool,
        timing: Timing = .system,
        logger: Logger = Logger(label: "mitregate.exchange"),
        onRequest: RequestObserver? = nil,
        pacing: RequestPacing? = nil
    ) {
        self.tenantId = tenantId
        self.organization = organization
        self.endpoints = endpoints
        self.tokens = tokens
        self.pool = pool
        self.timing = timing
        self.onRequest = onRequest
        self.pacing = pacing
        baseLogger = logger
        trustedHosts = TrustedHosts(origin: endpoints.exchangeOrigin)
        discovery = HostDiscovery()
    }

    /// Made for each line, as a logger of its own takes half a KiB for each tenant.
    var logger: Logger {
        var logger = baseLogger
        logger[metadataKey: "organization"] = "\(organization)"
        return logger
    }

    /// Constant, since the anchor decides which replica of the directory is read: a read must follow our write.
    var anchorMailbox: String {
        "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@\(tenantId)"
    }

    var path: String { FormFields.encoded(tenantId) }

    func headers(_ token: AccessToken, clientRequestId: String) -> [(name: String, value: String)] {
        [
            ("Authorization", "Bearer \(token.text)"), ("Accept", "application/json"),
            ("X-AnchorMailbox", anchorMailbox), ("X-ResponseFormat", "json"), ("X-ClientApplication", "Mitregate"),
            ("connection-id", connectionId), ("client-request-id", clientRequestId),
        ]
    }
}
