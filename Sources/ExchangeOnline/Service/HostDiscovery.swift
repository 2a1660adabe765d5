import FoundationEssentials
import Logging
import Transfers

/// Which host answers for the tenant; found once, and again when that host sends us away.
actor HostDiscovery {
    private var known: Origin?
    private var running: SharedTask<Result<Origin, ExchangeError>>?
    private var wasGuessed = false

    /// The tenant's host.
    ///
    /// - Parameter mayGuess: Whether the front door will do while another task is looking for the host. It answers for most
    ///   tenants, and sends the others away without doing anything, so that a read may be risked on it: one for each
    ///   search, as that fills the second place at the tenant.
    func origin(for connection: TenantConnection, mayGuess: Bool = false) async -> Result<Origin, ExchangeError> {
        if let known { return .success(known) }
        if mayGuess, !wasGuessed, running != nil {
            wasGuessed = true
            return .success(connection.trustedHosts.origin)
        }
        if let running, let result = await running.value() { return result }
        guard !Task.isCancelled else { return .failure(.cancelled()) }
        let search = SharedTask { await connection.discoverHost() }
        running = search
        wasGuessed = false
        let result = await search.value()
        if running === search {
            running = nil
            if case .success(let origin)? = result { known = origin }
        }
        return result ?? .failure(.cancelled())
    }

    /// Forgets a host that turned us away, unless another task has found a new one meanwhile.
    func forget(_ origin: Origin) {
        if known == origin { known = nil }
    }
}

extension TenantConnection {
    /// Asks for the module file with redirects off; a redirect names the region, anything else means the front door.
    ///
    /// Whether we may do anything at all is for the first cmdlet to say, so a refusal here is not an error.
    func discoverHost() async -> Result<Origin, ExchangeError> {
        switch await moduleFile(at: trustedHosts.origin) {
        case .failure(let error): return .failure(error)
        case .success(let response):
            guard (300...399).contains(response.status), let location = response.headers["Location"] else {
                return .success(trustedHosts.origin)
            }
            guard let region = trustedHosts.region(location: location) else { return .success(trustedHosts.origin) }
            logger.debug("the tenant's host was found", metadata: ["host": "\(region.host)"])
            return .success(region)
        }
    }

    /// `EXOModuleFile`, which also tells the cmdlets that we may run when it is asked with `CommandName: *`.
    func moduleFile(
        at origin: Origin,
        query: String = "",
        listsCmdlets: Bool = false
    ) async -> Result<
        HTTPResponse, ExchangeError
    > {
        do throws(ExchangeError) {
            let token = try await tokens.token(for: .exchange)
            let id = UUID().uuidString.lowercased()
            var request = HTTPRequest(
                .get,
                "\(origin)/adminapi/v1.0/\(path)/EXOModuleFile\(query)",
                headers: headers(token, clientRequestId: id),
                timeout: .seconds(60),
                maximumResponseSize: Self.maximumAnswer,
                share: tenantId
            )
            if listsCmdlets { request.headers.append(("CommandName", "*")) }
            let prepared = request
            _ = await pacing?.turn(false)
            let outcome = await semaphore.with { () -> Result<HTTPResponse, ExchangeError> in
                do {
                    return .success(try await pool.send(prepared))
                } catch {
                    return .failure(.transfer(error, whatFor: "the tenant's host"))
                }
            }
            guard let outcome else { return .failure(.cancelled()) }
            onRequest?("EXOModuleFile", (try? outcome.get())?.status)
            return outcome
        } catch {
            return .failure(error)
        }
    }
}
