package import ExchangeSimulator
package import Foundation
import TestSupport

/// A tenant, a repository that describes it, and a configuration that joins the two, in a folder of their own.
package struct Laboratory: Sendable {
    package static let tenantID = "11111111-2222-3333-4444-555555555555"
    package static let clientID = "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"
    package static let secret = "correct horse battery staple"

    package let folder: URL
    package let repository: Repository
    package let simulator: ExchangeSimulator
    package let mitregate: Program

    /// The database that the configuration names.
    package var store: String { folder.appending(path: "mitregate.db").path(percentEncoded: false) }

    /// Builds one up, calls `body`, and takes it down again, whatever happens.
    ///
    /// - Parameters:
    ///   - tenant: Members of the tenant's seed next to those that every tenant has, as JSON without braces.
    ///   - settings: Lines of the tenant's configuration, as YAML in flow form: `prune: delete, drift: correct`.
    ///   - files: Definitions by their path below the tenant's folder, in the first commit; none means no commit.
    package static func with(
        tenant: String = "",
        settings: String = "",
        gate: String = "",
        files: [String: String] = [:],
        latency: Duration = .zero,
        _ body: @Sendable (Laboratory) async throws -> Void
    ) async throws {
        _ = brokenPipes
        try await withTemporaryFolder { folder in
            let simulator = try await ExchangeSimulator.start(
                seed: seed(tenant),
                port: try FreePort.next(),
                latency: latency
            )
            do {
                let repository = try await Repository(at: folder.appending(path: "mail-flow"))
                for (path, text) in files { try repository.write(text, to: "tenants/contoso/\(path)") }
                if !files.isEmpty { try await repository.commit("First") }
                let laboratory = Laboratory(
                    folder: folder,
                    repository: repository,
                    simulator: simulator,
                    mitregate: Program(in: folder)
                )
                try laboratory.configure(settings: settings, gate: gate)
                try await body(laboratory)
            } catch {
                await simulator.stop()
                throw error
            }
            await simulator.stop()
        }
    }

    /// Writes mitregate.yaml, over one that is there.
    package func configure(
        settings: String = "",
        gate: String = "",
        url: String = "mail-flow",
        access: String = ""
    ) throws {
        let more = settings.isEmpty ? "" : ", \(settings)"
        let text = """
            apiVersion: mitregate.dev/v1
            kind: Configuration
            sources:
              - name: mail-flow
                url: "\(url)"
                branch: main\(access.isEmpty ? "" : "\n    credentials: \(access)")
                tenants:
                  - {name: contoso, path: tenants/contoso, tenantId: \(Self.tenantID), organization: contoso.onmicrosoft.com,
                     credentials: {clientId: \(Self.clientID), clientSecret: {file: secret}},
                     endpoints: {login: "\(simulator.url)", exchange: "\(simulator.url)", graph: "\(simulator.url)",
                                 activity: "\(simulator.url)"}\(more)}
            store: {url: "sqlite:mitregate.db"}\(gate.isEmpty ? "" : "\ngate: {\(gate)}")
            """
        try Data(text.utf8).write(to: folder.appending(path: "mitregate.yaml"))
        let secret = folder.appending(path: "secret")
        try Data(Self.secret.utf8).write(to: secret)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: secret.path(percentEncoded: false)
        )
    }

    /// The tenant's objects as the simulator holds them now, without what changes by itself.
    package func tenantState() throws -> [String: Any] {
        let state = try JSONSerialization.jsonObject(with: Data(simulator.state().utf8)) as? [String: Any]
        return (state?["tenants"] as? [[String: Any]])?.first ?? [:]
    }

    /// The application that the configuration signs in as, unless a test's members have applications of their own.
    private static let application = """
        "applications": [{"clientId": "\(clientID)", "clientSecret": "\(secret)", "roles": ["Exchange.ManageAsApp"],
                          "directoryRoles": ["Exchange Administrator"]}]
        """

    private static func seed(_ members: String) -> String {
        let own = members.contains("\"applications\"") ? [] : [application]
        return """
            {"tenants": [{
              "tenantId": "\(tenantID)", "organization": "contoso.onmicrosoft.com",
              "acceptedDomains": [{"DomainName": "contoso.onmicrosoft.com", "InitialDomain": true},
                                  {"DomainName": "contoso.com", "Default": true}],
              \((own + [members]).filter { !$0.isEmpty }.joined(separator: ", "))
            }]}
            """
    }
}
