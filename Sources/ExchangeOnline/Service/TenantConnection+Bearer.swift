import Transfers

extension TenantConnection {
    /// Sends a request with a token of a resource; a token that is not taken is replaced once, and nothing else is tried
    /// again here.
    ///
    /// - Parameters:
    ///   - what: Ends the sentence "The request for …", and is the name under which the request is counted.
    ///   - request: The request without its token, made again for each try.
    /// - Returns: The answer, whatever its status but 401, and the token, which no error may show.
    func authorized(
        _ resource: TokenResource,
        what: String,
        _ request: @Sendable () -> HTTPRequest
    ) async throws(ExchangeError) -> (response: HTTPResponse, token: AccessToken) {
        var isTokenRenewed = false
        while true {
            let token = try await tokens.token(for: resource)
            var request = request()
            request.headers.insert(("Authorization", "Bearer \(token.text)"), at: 0)
            let response = try await send(request, what: what)
            guard response.status == 401, !isTokenRenewed else { return (response, token) }
            isTokenRenewed = true
            await tokens.invalidate(token, for: resource, claims: response.claimsChallenge)
        }
    }

    private func send(_ request: HTTPRequest, what: String) async throws(ExchangeError) -> HTTPResponse {
        _ = await pacing?.turn(false)
        let outcome = await semaphore.with { () -> Result<HTTPResponse, ExchangeError> in
            do {
                return .success(try await pool.send(request))
            } catch {
                return .failure(.transfer(error, whatFor: what))
            }
        }
        guard let outcome else { throw ExchangeError.cancelled() }
        onRequest?(what, (try? outcome.get())?.status)
        return try outcome.get()
    }
}
