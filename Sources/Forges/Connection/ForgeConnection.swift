import FoundationEssentials
import JSON
import Transfers

/// Speaks to one repository's forge: signed in, bounded, writes one after the other, and silent while told to wait.
actor ForgeConnection {
    nonisolated let address: ForgeAddress
    nonisolated let rules: ForgeRules
    nonisolated let timing: ForgeTiming
    private let pool: TransferPool
    private let authorization: any ForgeAuthorization
    /// Until when the forge does not want to hear from us.
    private var silentUntil: Date?
    private var isWriting = false
    private var waitingWriters: [CheckedContinuation<Void, Never>] = []
    private var lastWrite: Date?

    init(
        _ address: ForgeAddress,
        rules: ForgeRules,
        authorization: any ForgeAuthorization,
        pool: TransferPool,
        timing: ForgeTiming
    ) {
        self.address = address
        self.rules = rules
        self.authorization = authorization
        self.pool = pool
        self.timing = timing
    }

    /// Makes a call; returns 2xx, and 304 where the request has an entity tag.
    func send(_ request: ForgeRequest) async throws(ForgeError) -> ForgeAnswer {
        try await send(request, to: address.url(request.path, query: request.query))
    }

    /// Makes a call to a URL that ``ForgeAddress/covers(_:)``.
    func send(_ request: ForgeRequest, to url: String) async throws(ForgeError) -> ForgeAnswer {
        guard request.isWrite else { return try await sendNow(request, to: url) }
        await takeTurn()
        defer { endTurn() }
        try await waitForGap(request)
        defer { lastWrite = timing.now() }
        return try await sendNow(request, to: url)
    }

    /// With one more try, under another pass, where the first was refused.
    private func sendNow(_ request: ForgeRequest, to url: String) async throws(ForgeError) -> ForgeAnswer {
        let pass = try await authorization.pass(refused: nil)
        let first = try await exchange(request, to: url, pass)
        guard rules.refusals.contains(first.status) else { return try answer(to: request, first, pass) }
        let other = try await authorization.pass(refused: pass)
        guard other != pass else { return try answer(to: request, first, pass) }
        return try answer(to: request, try await exchange(request, to: url, other), other)
    }

    private func exchange(
        _ request: ForgeRequest,
        to url: String,
        _ pass: ForgePass
    ) async throws(ForgeError) -> HTTPResponse {
        if let silentUntil {
            guard !ForgeFailure.isSilence(until: silentUntil, at: timing.now()) else {
                throw ForgeFailure.stillSilent(rules, request, until: silentUntil)
            }
            self.silentUntil = nil
        }
        return try await pool.exchange(request, to: url, pass, rules, timeout: timing.callTimeout)
    }

    private func answer(
        to request: ForgeRequest,
        _ response: HTTPResponse,
        _ pass: ForgePass
    ) throws(ForgeError) -> ForgeAnswer {
        if response.status == 304, request.entityTag != nil {
            return ForgeAnswer(status: 304, headers: response.headers, json: .null)
        }
        guard (200..<300).contains(response.status), !rules.refusals.contains(response.status) else {
            let error = ForgeFailure.error(response, to: request, rules, secrets: pass.secrets, now: timing.now())
            if error.reason == .limited { silentUntil = error.retryAt }
            throw error
        }
        return try ForgeAnswer(response, to: request, rules)
    }

    /// Writes go out one after the other, in the order in which they came.
    private func takeTurn() async {
        guard isWriting else {
            isWriting = true
            return
        }
        await withCheckedContinuation { waitingWriters.append($0) }
    }

    private func endTurn() {
        if waitingWriters.isEmpty {
            isWriting = false
        } else {
            waitingWriters.removeFirst().resume()
        }
    }

    private func waitForGap(_ request: ForgeRequest) async throws(ForgeError) {
        do {
            if let lastWrite, rules.writeGap > .zero {
                let passed = Duration.seconds(timing.now().timeIntervalSince(lastWrite))
                let rest = rules.writeGap - max(passed, .zero)
                if rest > .zero { try await timing.clock.sleep(for: rest) }
            }
            try Task.checkCancellation()
        } catch {
            throw ForgeFailure.cancelled(rules, request)
        }
    }
}

extension TransferPool {
    /// Sends a call and returns whatever comes back; only what never came is an error.
    nonisolated func exchange(
        _ request: ForgeRequest,
        to url: String,
        _ pass: ForgePass,
        _ rules: ForgeRules,
        timeout: Duration
    ) async throws(ForgeError) -> HTTPResponse {
        var headers = rules.headers
        headers.append((name: pass.header, value: pass.value))
        if let tag = request.entityTag { headers.append((name: "If-None-Match", value: tag)) }
        if request.body != nil { headers.append((name: "Content-Type", value: "application/json")) }
        let transfer = HTTPRequest(
            request.method,
            url,
            headers: headers,
            body: request.body?.bytes,
            timeout: timeout,
            connectTimeout: min(timeout, .seconds(15)),
            maximumResponseSize: request.maximumSize,
            isRepeatable: request.isRepeatable
        )
        do {
            return try await send(transfer)
        } catch let error as TransferError {
            throw ForgeFailure.transfer(error, rules, request)
        } catch {
            throw ForgeFailure.cancelled(rules, request)
        }
    }
}

extension ForgeAnswer {
    init(_ response: HTTPResponse, to request: ForgeRequest, _ rules: ForgeRules) throws(ForgeError) {
        status = response.status
        headers = response.headers
        guard !response.body.isEmpty else {
            json = .null
            return
        }
        do {
            json = try JSONParser.parse(response.body)
        } catch {
            throw ForgeFailure.unreadable(rules, request, "the answer is not JSON: \(error.message)")
        }
    }
}
