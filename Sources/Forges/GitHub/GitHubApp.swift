import FoundationEssentials
import JSON
import Transfers

/// Signs in as a GitHub App: a token for one repository and what is needed there, kept until it is 50 minutes old.
actor GitHubApp: ForgeAuthorization {
    private struct Kept {
        var pass: ForgePass
        var renewal: Date
        var expires: Date
    }

    private typealias Fetch = SharedTask<Result<ForgePass, ForgeError>>

    /// What the token may do, whatever else the App may: read commits, and write requests, their comments and statuses.
    static let permissions: JSONValue = [
        "contents": "read", "metadata": "read", "pull_requests": "write", "statuses": "write",
    ]
    /// A token lives an hour.
    static let renewalAge: TimeInterval = 50 * 60

    private let address: ForgeAddress
    private let id: String
    private let installation: Int
    let repository: RepositoryName
    private let privateKey: @Sendable () throws -> String
    private let pool: TransferPool
    private let timing: ForgeTiming
    private var kept: Kept?
    /// Until when GitHub does not want to hear from the App.
    private var silentUntil: Date?
    private var running: Fetch?

    init(
        _ address: ForgeAddress,
        id: String,
        installation: Int,
        repository: RepositoryName,
        privateKey: @escaping @Sendable () throws -> String,
        pool: TransferPool,
        timing: ForgeTiming
    ) {
        self.address = address
        self.id = id
        self.installation = installation
        self.repository = repository
        self.privateKey = privateKey
        self.pool = pool
        self.timing = timing
    }

    func pass(refused: ForgePass?) async throws(ForgeError) -> ForgePass {
        if let refused, kept?.pass == refused { kept = nil }
        if let kept, timing.now() < kept.renewal { return kept.pass }
        do {
            return try await fetched().get()
        } catch {
            // A token that can still be used is better than none.
            guard error.isPassing, let kept, timing.now() < kept.expires else { throw error }
            return kept.pass
        }
    }

    /// The App's own bot, as which it comments.
    func person() async throws(ForgeError) -> Person {
        let request = ForgeRequest(path: ["app"], asked: "the App of the credentials")
        guard let slug = try await send(request).json["slug"]?.text, !slug.isEmpty else {
            throw ForgeFailure.unreadable(GitHub.rules, request, "the App has no slug")
        }
        return .bot("\(slug)[bot]")
    }

    private func fetched() async -> Result<ForgePass, ForgeError> {
        if let running, let result = await running.value() { return result }
        let fetch = Fetch { await self.fetch() }
        running = fetch
        let result = await fetch.value()
        if running === fetch { running = nil }
        return result ?? .failure(ForgeFailure.cancelled(GitHub.rules, tokenRequest))
    }

    private var tokenRequest: ForgeRequest {
        ForgeRequest(
            .post,
            ["app", "installations", "\(installation)", "access_tokens"],
            body: ["repositories": [.string(repository.name)], "permissions": Self.permissions],
            isRepeatable: true,
            asked: "a token for \(repository)"
        )
    }

    private func fetch() async -> Result<ForgePass, ForgeError> {
        let now = timing.now()
        do throws(ForgeError) {
            let json = try await send(tokenRequest).json
            guard let token = json["token"]?.text else {
                throw ForgeFailure.unreadable(GitHub.rules, tokenRequest, "it holds no token")
            }
            let pass = ForgePass.bearer(try TokenAuthorization.checked(token, "GitHub"))
            let expires = json["expires_at"]?.instant ?? now.addingTimeInterval(3_600)
            let renewal = min(now.addingTimeInterval(Self.renewalAge), expires.addingTimeInterval(-300))
            kept = Kept(pass: pass, renewal: renewal, expires: expires)
            return .success(pass)
        } catch {
            return .failure(error)
        }
    }

    /// Makes a call as the App itself, and not as its installation.
    func send(_ request: ForgeRequest) async throws(ForgeError) -> ForgeAnswer {
        if let silentUntil, ForgeFailure.isSilence(until: silentUntil, at: timing.now()) {
            throw ForgeFailure.stillSilent(GitHub.rules, request, until: silentUntil)
        }
        let token = try AppToken(id: id, privateKey: privateKey, now: timing.now())
        let pass = ForgePass.bearer(token.text)
        let url = address.url(request.path)
        let response = try await pool.exchange(request, to: url, pass, GitHub.rules, timeout: timing.callTimeout)
        guard (200..<300).contains(response.status) else {
            let now = timing.now()
            let error = ForgeFailure.error(response, to: request, GitHub.rules, secrets: pass.secrets, now: now)
            if error.reason == .limited { silentUntil = error.retryAt }
            throw error
        }
        return try ForgeAnswer(response, to: request, GitHub.rules)
    }
}
