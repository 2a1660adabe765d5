import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Synchronization
import Testing

/// The cheap reading: two requests that notice any change to a connector.
@Suite(.timeLimit(.minutes(10)))
struct GlanceTests {
    /// Another administrator's change, and whether a glance shows it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cmdlet: String
        let parameters: String
        var isSeen = true
    }

    @Test(arguments: [
        Case(
            testDescription: "a field",
            cmdlet: "Set-OutboundConnector",
            parameters: #"{"Identity": "Fabrikam out", "TlsSettings": "EncryptionOnly"}"#
        ),
        Case(
            testDescription: "a name",
            cmdlet: "Set-InboundConnector",
            parameters: #"{"Identity": "Fabrikam in", "Name": "Fabrikam"}"#
        ),
        Case(
            testDescription: "a new connector",
            cmdlet: "New-InboundConnector",
            parameters: #"{"Name": "Anyone", "SenderDomains": ["*"], "RequireTls": false}"#
        ),
        Case(
            testDescription: "one that is gone",
            cmdlet: "Remove-OutboundConnector",
            parameters: #"{"Identity": "Old"}"#
        ),
        Case(
            testDescription: "a rule, which is not in it",
            cmdlet: "Remove-TransportRule",
            parameters: #"{"Identity": "Disclaimer"}"#,
            isSeen: false
        ),
        Case(
            testDescription: "the same value once more",
            cmdlet: "Set-OutboundConnector",
            parameters: #"{"Identity": "Fabrikam out", "TlsSettings": "CertificateValidation"}"#,
            isSeen: false
        ),
    ])
    func `a glance shows what moved`(_ example: Case) async throws {
        try await withTenant(TenantOptions(members: ReadTests.members)) { tenant in
            let before = try await tenant.reader.glance().get()
            #expect(before.connectors == 5)
            try tenant.simulator.edit(
                tenant: SimulatedTenant.id,
                userId: "eve@contoso.com",
                cmdlet: example.cmdlet,
                parameters: example.parameters
            )
            let after = try await tenant.reader.glance().get()
            #expect((before.digest != after.digest) == example.isSeen)
        }
    }

    @Test(arguments: 1...8)
    func `odd forms and replicas change no digest, and the whole reading has the same`(_ randomness: Int) async throws {
        let options = TenantOptions(members: ReadTests.members, randomness: UInt64(randomness))
        try await withTenant(options) { tenant in
            let digests = try await [
                tenant.reader.glance().get().digest, tenant.reader.glance().get().digest,
                TenantGlance(of: tenant.reader.read(rules: []).get()).digest,
            ]
            #expect(Set(digests).count == 1)
            #expect(digests[0].hasPrefix("sha256:") && digests[0].utf8.count == 71)
        }
    }

    @Test func `it costs two requests`() async throws {
        let counted = Mutex<[String]>([])
        var options = TenantOptions(members: ReadTests.members)
        options.onRequest = { cmdlet, status in
            counted.withLock { $0.append("\(cmdlet) \(status.map(String.init) ?? "none")") }
        }
        try await withTenant(options) { tenant in
            _ = try await tenant.reader.glance().get()
            tenant.simulator.clearRequests()
            counted.withLock { $0 = [] }
            _ = try await tenant.reader.glance().get()
            #expect(tenant.simulator.requests().count == 2)
            #expect(counted.withLock(\.self).sorted() == ["Get-InboundConnector 200", "Get-OutboundConnector 200"])
        }
    }

    @Test func `one list that cannot be read makes the glance unknown`() async throws {
        for cmdlet in ["Get-InboundConnector", "Get-OutboundConnector"] {
            try await withTenant(TenantOptions(members: ReadTests.members)) { tenant in
                try tenant.simulator.setFaults(
                    #"[{"match": {"cmdlet": "\#(cmdlet)"}, "times": "always", "effect": {"forbidden": "empty"}}]"#
                )
                #expect(await tenant.reader.glance().error?.reason == .permissionMissing)
            }
        }
    }

    @Test func `a tenant that does not answer is unknown at the deadline`() async throws {
        try await withTenant(TenantOptions(members: ReadTests.members)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"hold": "head"}}]"#
            )
            let error = await tenant.reader.glance(deadline: .milliseconds(50)).error
            #expect(error?.reason == .transferFailed)
            #expect(error?.isTransient == true)
            tenant.simulator.release()
        }
    }

    @Test func `the service's own time comes with it`() async throws {
        let time = try #require(Timestamp.instant("2026-11-22T10:11:12.5Z"))
        try await withTenant(TenantOptions(serviceNow: { time })) { tenant in
            let glance = try await tenant.reader.glance().get()
            #expect(glance.serviceTime == Timestamp.instant("2026-11-22T10:11:12Z"))
            #expect(glance.readAt > time)
        }
    }
}
