import Configuration
import Connectors
import Reconciling
import Testing

/// Which connection a run gets when the way to its tenant changes in the configuration.
struct TenantConnectionsTests {
    private static func tenant(_ edit: (inout TenantConfiguration) -> Void = { _ in }) -> TenantConfiguration {
        var tenant = TenantConfiguration(
            name: "contoso",
            path: "tenants/contoso",
            tenantId: "11111111-2222-3333-4444-555555555555",
            organization: "contoso.onmicrosoft.com",
            credentials: CredentialConfiguration(clientId: "app", proof: .clientSecret(.file("secret")))
        )
        edit(&tenant)
        return tenant
    }

    private static func configuration(_ tenants: TenantConfiguration...) -> Configuration {
        Configuration(
            file: "mitregate.yaml",
            sources: [Source(name: "mail-flow", url: "/mail-flow", tenants: tenants)],
            store: StoreSettings(url: .sqlite(path: "/mitregate.db")),
            mirrors: "/mirrors"
        )
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let edit: @Sendable (inout TenantConfiguration) -> Void

        init(_ testDescription: String, _ edit: @escaping @Sendable (inout TenantConfiguration) -> Void) {
            self.testDescription = testDescription
            self.edit = edit
        }
    }

    static let ways: [Change] = [
        Change("the secret's reference") { $0.credentials.proof = .clientSecret(.environment("SECRET")) },
        Change("a certificate for a secret") {
            $0.credentials.proof = .certificate(certificate: .file("a.pem"), privateKey: .file("b.pem"))
        },
        Change("the application") { $0.credentials.clientId = "another" },
        Change("an endpoint") { $0.endpoints.exchange = "http://127.0.0.1:1" },
        Change("the trusted roots") { $0.endpoints.caFile = "ca.pem" },
        Change("the organization") { $0.organization = "fabrikam.onmicrosoft.com" },
        Change("the tenant's id") { $0.tenantId = "99999999-2222-3333-4444-555555555555" },
        Change("the cloud") { $0.cloud = .gccHigh },
    ]

    @Test("What changes the way to a tenant gives its next run another connection", arguments: ways)
    func way(_ change: Change) {
        let connections = TenantConnections()
        connections.adopt(Self.configuration(Self.tenant()))
        let first = connections.hold(of: Self.tenant())
        let changed = Self.tenant(change.edit)
        connections.adopt(Self.configuration(changed))
        #expect(connections.hold(of: changed) !== first)
        #expect(connections.hold(of: changed) === connections.hold(of: changed))
    }

    @Test func `what does not concern the way leaves the connection`() {
        let connections = TenantConnections()
        connections.adopt(Self.configuration(Self.tenant()))
        let first = connections.hold(of: Self.tenant())
        let changed = Self.tenant {
            $0.interval = .seconds(1)
            $0.bake = .seconds(60)
            $0.policy.drift = .correct
        }
        connections.adopt(Self.configuration(changed))
        #expect(connections.hold(of: changed) === first)
    }

    @Test func `a run under way keeps its connection, which ends with it`() {
        let connections = TenantConnections()
        let (old, new) = (Self.tenant(), Self.tenant { $0.credentials.clientId = "another" })
        connections.adopt(Self.configuration(old))
        var run: TenantConnections.Hold? = connections.hold(of: old)
        weak let ended = run
        connections.adopt(Self.configuration(new))
        #expect(connections.hold(of: old) === run)
        #expect(connections.hold(of: new) !== run)
        run = nil
        #expect(ended == nil)
    }

    @Test func `one who has not heard of the change does not bring the old connection back into force`() {
        let connections = TenantConnections()
        let (old, new) = (Self.tenant(), Self.tenant { $0.credentials.clientId = "another" })
        connections.adopt(Self.configuration(old))
        connections.adopt(Self.configuration(new))
        let current = connections.hold(of: new)
        _ = connections.hold(of: old)
        #expect(connections.hold(of: new) === current)
    }

    @Test func `who goes back to the former way while a run still uses it gets that connection`() {
        let connections = TenantConnections()
        let (old, new) = (Self.tenant(), Self.tenant { $0.credentials.clientId = "another" })
        connections.adopt(Self.configuration(old))
        let run = connections.hold(of: old)
        connections.adopt(Self.configuration(new))
        connections.adopt(Self.configuration(old))
        #expect(connections.hold(of: old) === run)
    }

    @Test func `a tenant that is no longer configured leaves no connection`() {
        let connections = TenantConnections()
        connections.adopt(Self.configuration(Self.tenant()))
        weak let ended = connections.hold(of: Self.tenant())
        connections.adopt(Self.configuration())
        #expect(ended == nil)
    }
}
