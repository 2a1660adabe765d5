import FoundationEssentials
import Logging
import Transfers

extension TenantConnection {
    /// In bytes, decompressed; a thousand connectors are some 2 MB.
    static let maximumAnswer = 8 << 20

    /// Runs a cmdlet, as often as repeating it is safe.
    ///
    /// Reads are repeated while the trouble may pass. A write is repeated only where nothing can have been changed: the
    /// request was never sent, or the answer was 429. A token that is not taken is replaced once, a host that sends us
    /// away is looked up once more.
    ///
    /// - Parameters:
    ///   - link: The continuation to post the same body to, instead of the tenant's host.
    ///   - cookies: What the first page set.
    func invoke(_ command: Command, link: String? = nil, cookies: [String] = []) async -> Result<Answer, ExchangeError>
    {
        var attempt = 1
        var isTokenRenewed = false
        var isHostRenewed = false
        var host: Origin?
        while true {
            do throws(ExchangeError) {
                let mayGuess = command.effect == .read && link == nil && attempt == 1 && !isHostRenewed
                let (origin, token) = try await hostAndToken(mayGuess: mayGuess)
                host = origin
                let request = request(command, at: origin, link: link, cookies: cookies, token: token)
                let response = try await send(request, of: command)
                if (200...299).contains(response.status), let answer = try answer(response, to: command) {
                    return .success(answer)
                }
                let error = error(response, to: request, of: command, token: token)
                if error.reason == .tokenRejected, !isTokenRenewed {
                    isTokenRenewed = true
                    await tokens.invalidate(token, for: .exchange, claims: response.claimsChallenge)
                    continue
                }
                if !isHostRenewed, link == nil, await isElsewhere(than: origin, error, wasGuessed: mayGuess) {
                    isHostRenewed = true
                    continue
                }
                throw error
            } catch {
                if error.reason == .transferFailed, error.isSurelyNotApplied, let host { await discovery.forget(host) }
                guard let wait = delayBeforeRetry(after: error, command, attempt, isPage: link != nil) else {
                    return .failure(error)
                }
                tokens.trouble.note(error)
                logger.info(
                    "trying again",
                    metadata: ["cmdlet": "\(command.cmdlet)", "after": "\(wait)", "reason": "\(error.id)"]
                )
                guard await timing.wait(wait) else { return .failure(error) }
                attempt += 1
            }
        }
    }

    /// Whether the request is to be sent again because the tenant is at another host than the one that refused it.
    private func isElsewhere(than origin: Origin, _ error: ExchangeError, wasGuessed: Bool) async -> Bool {
        if error.reason == .redirected {
            await discovery.forget(origin)
            return true
        }
        guard wasGuessed, case .success(let found) = await discovery.origin(for: self) else { return false }
        return found != origin
    }

    /// What comes before the request itself; an error of it proves that nothing was sent.
    private func hostAndToken(mayGuess: Bool) async throws(ExchangeError) -> (Origin, AccessToken) {
        do throws(ExchangeError) {
            let origin = try await discovery.origin(for: self, mayGuess: mayGuess).get()
            return (origin, try await tokens.token(for: .exchange))
        } catch {
            var error = error
            error.isSurelyNotApplied = true
            throw error
        }
    }

    /// How long to wait before sending the same again; `nil` when that is not to be done.
    private func delayBeforeRetry(
        after error: ExchangeError,
        _ command: Command,
        _ attempt: Int,
        isPage: Bool
    ) -> Duration? {
        guard error.isTransient, !error.wasRetried, !isPage, error.reason != .tokenUnavailable else { return nil }
        guard command.waitsForQuota || !error.isRefusalOfLoad else { return nil }
        guard !error.isNameUnknown || attempt < Backoff.attemptsAtUnknownName else { return nil }
        switch command.effect {
        case .read: break
        case .write: guard error.isSurelyNotApplied else { return nil }
        case .validation: return nil
        }
        return backoff.delay(
            after: attempt,
            retryAfter: error.retryAfter,
            isRefusal: error.isRefusalOfLoad,
            random: timing.random()
        )
    }

    private func request(
        _ command: Command,
        at origin: Origin,
        link: String?,
        cookies: [String],
        token: AccessToken
    ) -> HTTPRequest {
        var request = HTTPRequest(
            .post,
            link ?? "\(origin)/adminapi/beta/\(path)/InvokeCommand",
            headers: headers(token, clientRequestId: UUID().uuidString.lowercased()),
            body: command.body,
            timeout: command.timeout,
            maximumResponseSize: command.maximumAnswer,
            isRepeatable: command.effect == .read,
            share: tenantId
        )
        request.headers.append(("Content-Type", "application/json; charset=utf-8"))
        request.headers.append(("X-CmdletName", command.cmdlet))
        if !cookies.isEmpty { request.headers.append(("Cookie", cookies.joined(separator: "; "))) }
        return request
    }

    private func send(_ request: HTTPRequest, of command: Command) async throws(ExchangeError) -> HTTPResponse {
        let id = request.headers.first { $0.name == "client-request-id" }?.value
        try await waitForTurn(command)
        let outcome = await semaphore.with { () -> Result<HTTPResponse, ExchangeError> in
            do {
                return .success(try await pool.send(request))
            } catch {
                var error = ExchangeError.transfer(error, whatFor: command.cmdlet)
                error.cmdlet = command.cmdlet
                error.clientRequestId = id
                return .failure(error)
            }
        }
        guard let outcome else {
            var error = ExchangeError.cancelled()
            error.isSurelyNotApplied = true  // it never left the line
            throw error
        }
        onRequest?(command.cmdlet, (try? outcome.get())?.status)
        let response = try outcome.get()
        // A quota of its own, such as that of the message trace, says nothing of other cmdlets.
        if command.waitsForQuota, [429, 503].contains(response.status), let rest = response.retryAfter() {
            pacing?.rest(rest)
        }
        log(response, command, clientRequestId: id)
        return response
    }

    private func log(_ response: HTTPResponse, _ command: Command, clientRequestId: String?) {
        logger.debug(
            "cmdlet answered",
            metadata: [
                "cmdlet": "\(command.cmdlet)", "status": "\(response.status)",
                "request-id": "\(Redaction.text(response.headers["request-id"] ?? ""))",
                "client-request-id": "\(clientRequestId ?? "")",
            ]
        )
    }

    /// Nothing where a success is the plain text of a refusal, which the service is known to send.
    private func answer(_ response: HTTPResponse, to command: Command) throws(ExchangeError) -> Answer? {
        do throws(ExchangeError) {
            return try Answer(response, to: command)
        } catch {
            let told = ErrorForm.error(response, cmdlet: command.cmdlet, secrets: [])
            if error.reason == .answerMalformed, told.reason == .throttled { return nil }
            throw named(error, response)
        }
    }

    private func error(
        _ response: HTTPResponse,
        to request: HTTPRequest,
        of command: Command,
        token: AccessToken
    ) -> ExchangeError {
        var error = named(ErrorForm.error(response, cmdlet: command.cmdlet, secrets: [token.text]), response)
        error.clientRequestId = request.headers.first { $0.name == "client-request-id" }?.value
        return error
    }

    private func named(_ error: ExchangeError, _ response: HTTPResponse) -> ExchangeError {
        var error = error
        error.requestId = response.headers["request-id"].map { Redaction.text($0) }
        error.clientRequestId = response.headers["client-request-id"].map { Redaction.text($0) }
        error.status = response.status
        return error
    }
}
