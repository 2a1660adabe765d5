import TestSupport
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Transfers
import Connectors

/// A tenant in a simulator of its own, with the client's ways to it.
struct SimulatedTenant {
    static let id = "11111111-2222-3333-4444-555555555555"
    static let clientId = "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"
    static let secret = "correct horse battery staple"

    let simulator: ExchangeSimulator
    let tokens: TokenSource
    let connection: TenantConnection
    let clock: SkippingClock

    var reader: TenantReader { TenantReader(connection) }
    var writer: TenantWriter { TenantWriter(connection) }

    /// The requests for a cmdlet, in their order.
    func requests(_ cmdlet: String) -> [LoggedRequest] { simulator.requests().filter { $0.cmdlet == cmdlet } }

    var tokenRequests: [LoggedRequest] { simulator.requests().filter { $0.path.contains("/oauth2/") } }
}

/// What a test may ask of its tenant.
struct TenantOptions {
    /// Members of the tenant in the seed: `"inboundConnectors": […]`.
    var members = #""outboundConnectors": []"#
    /// Members of the application in the seed, in place of the secret.
    var application: String?
    /// The application's permissions, as JSON texts.
    var roles = #""Exchange.ManageAsApp""#
    var directoryRole = "Exchange Administrator"
    var credential: TenantCredential?
    var environment: @Sendable (ExchangeSimulator) -> [String: String] = { _ in [:] }
    var latency = Duration.zero
    var randomness: UInt64 = 1
    var now: @Sendable () -> Date = { Date() }
    var serviceNow: @Sendable () -> Date = { Date() }
    /// `localhost` has hosts below it, which an address has not.
    var host = "127.0.0.1"
    var pool = TransferPool.Options()
    /// Nothing waits in a test, unless it wants to.
    var waits = false
    var onRequest: TenantConnection.RequestObserver?
    var pacing: RequestPacing?
}

/// Calls `body` with a tenant, and stops its simulator afterwards.
func withTenant<T>(
    _ options: TenantOptions = TenantOptions(),
    _ body: (SimulatedTenant) async throws -> T
) async throws -> T {
    let application = options.application ?? #""clientSecret": "\#(SimulatedTenant.secret)""#
    let seed = """
        {"tenants": [{"tenantId": "\(SimulatedTenant.id)", "organization": "contoso.onmicrosoft.com",
          "acceptedDomains": [{"DomainName": "contoso.onmicrosoft.com", "InitialDomain": true}, {"DomainName": "Contoso.com"}],
          "applications": [{"clientId": "\(SimulatedTenant.clientId)", \(application), "roles": [\(options.roles)],
                            "directoryRoles": ["\(options.directoryRole)"]}],
          \(options.members)}]}
        """
    let simulator = try await ExchangeSimulator.start(
        seed: seed,
        port: try FreePort.next(),
        latency: options.latency,
        randomness: options.randomness,
        now: options.serviceNow
    )
    do {
        let result = try await body(tenant(options, simulator))
        await simulator.stop()
        return result
    } catch {
        await simulator.stop()
        throw error
    }
}

private func tenant(_ options: TenantOptions, _ simulator: ExchangeSimulator) throws -> SimulatedTenant {
    let url = "http://\(options.host):\(simulator.port)"
    let endpoints = try Endpoints(cloud: .worldwide, login: url, exchange: url, graph: url, activity: url)
    let pool = try TransferPool(options.pool)
    let clock = SkippingClock()
    let timing = Timing(clock: options.waits ? ContinuousClock() : clock, now: options.now, random: { 0.5 })
    let tokens = TokenSource(
        tenantId: SimulatedTenant.id,
        endpoints: endpoints,
        credential: options.credential
            ?? .clientSecret(clientId: SimulatedTenant.clientId, secret: { SimulatedTenant.secret }),
        pool: pool,
        timing: timing,
        environment: options.environment(simulator),
        onRequest: options.onRequest,
        pacing: options.pacing
    )
    let connection = TenantConnection(
        tenantId: SimulatedTenant.id,
        organization: "contoso.onmicrosoft.com",
        endpoints: endpoints,
        tokens: tokens,
        pool: pool,
        timing: timing,
        onRequest: options.onRequest,
        pacing: options.pacing
    )
    return SimulatedTenant(simulator: simulator, tokens: tokens, connection: connection, clock: clock)
}

extension Reading {
    var value: Value? {
        guard case .known(let value) = self else { return nil }
        return value
    }

    var error: ExchangeError? {
        guard case .unknown(let error) = self else { return nil }
        return error
    }
}

extension WriteOutcome {
    var guid: String? {
        guard case .accepted(let guid, _) = self else { return nil }
        return guid
    }

    var isAccepted: Bool {
        if case .accepted = self { true } else { false }
    }

    var refusal: ExchangeError? {
        guard case .refused(let error) = self else { return nil }
        return error
    }

    var ambiguity: ExchangeError? {
        guard case .ambiguous(let error) = self else { return nil }
        return error
    }
}
