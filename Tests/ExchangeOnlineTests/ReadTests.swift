import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Synchronization
import Testing
import Transfers

@Suite(.timeLimit(.minutes(10)))
struct ReadTests {
    /// Of each kind one, and some that are not ours.
    static let members = #"""
        "inboundConnectors": [
          {"Name": "Fabrikam in", "Guid": "3F2E0B54-8A41-4D0C-9A6E-0D8F6F0D1A01", "SenderDomains": ["smtp:fabrikam.com;1"],
           "RequireTls": true, "RestrictDomainsToCertificate": true, "TlsSenderCertificateName": "*.fabrikam.com",
           "WhenChangedUTC": "2026-11-20T08:15:30.0000000Z"},
          {"Name": "Inbound from 6f1d0c9e-70f4-4f6c-9d3f-1f6f1f3b2a10", "ConnectorType": "OnPremises",
           "ConnectorSource": "HybridWizard", "SenderDomains": ["smtp:*;1"], "TlsSenderCertificateName": "mail.contoso.com"}],
        "outboundConnectors": [
          {"Name": "Fabrikam out", "RecipientDomains": ["fabrikam.com", "*.fabrikam.com"], "TlsSettings": "CertificateValidation",
           "ConnectorSource": "AdminUI"},
          {"Name": "Relay", "UseMXRecord": false, "SmartHosts": ["mail.example.net"], "IsTransportRuleScoped": true},
          {"Name": "Old", "RecipientDomains": ["old.example"], "ConnectorSource": "Migrated"},
          {"Name": "Fabrikam out_Test_2026-11-20T08:15:30", "TestMode": true, "RecipientDomains": ["fabrikam.com"]},
          {"Name": "In test", "TestMode": true, "RecipientDomains": ["test.example"]}],
        "transportRules": [
          {"Name": "Through the relay", "RouteMessageOutboundConnector": "Relay", "RecipientDomainIs": ["court.example"],
           "SentToScope": "NotInOrganization", "Enabled": false},
          {"Name": "Disclaimer", "Enabled": true},
          {"Name": "Demand TLS", "RouteMessageOutboundRequireTls": true, "RecipientDomainIs": ["bank.example"]}]
        """#

    @Test(arguments: 1...12)
    func `every odd form of a row reads the same`(_ randomness: Int) async throws {
        let options = TenantOptions(members: Self.members, randomness: UInt64(randomness))
        try await withTenant(options) { tenant in
            let observed = try await tenant.reader.read(rules: []).get()
            #expect(observed.acceptedDomains == ["contoso.com", "contoso.onmicrosoft.com"])
            #expect(
                observed.connectors.map(\.displayName) == [
                    "Fabrikam in", "Inbound from 6f1d0c9e-70f4-4f6c-9d3f-1f6f1f3b2a10", "Fabrikam out",
                    "Fabrikam out_Test_2026-11-20T08:15:30", "In test", "Old", "Relay", "Demand TLS",
                    "Through the relay",
                ]
            )
            #expect(
                observed.connectors.map(\.origin) == [
                    .standard, .hybridWizard, .standard, .validationCopy, .standard, .migrated, .standard, .standard,
                    .standard,
                ]
            )
            let inbound = try #require(observed.connectors.first)
            #expect(inbound.guid == "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01")
            #expect(inbound.whenChanged == Timestamp.instant("2026-11-20T08:15:30Z"))
            #expect(inbound.settings["senderDomains"] == .list(["smtp:fabrikam.com;1"]))
            #expect(inbound.settings["requireTls"] == true)
            #expect(inbound.settings["enabled"] == true)
            #expect(inbound.settings["senderIPAddresses"] == .list([]))
            #expect(inbound.settings["recipientDomains"] == nil)
            #expect(inbound.row.contains("\"MemberOfALaterBuild\""))
            let rule = try #require(observed.connectors.last)
            #expect(rule.kind == .transportRule)
            #expect(rule.settings["enabled"] == false)
            #expect(rule.settings["routeMessageOutboundConnector"] == "Relay")
            #expect(rule.settings["priority"] == 0)
            #expect(rule.unmanagedParts.isEmpty)
        }
    }

    @Test func `every field of a kind has a value when the row carries all`() async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            let observed = try await tenant.reader.read(rules: []).get()
            for connector in observed.connectors {
                #expect(
                    Set(connector.settings.keys) == Set(connector.kind.fields.map(\.name)),
                    "\(connector.displayName)"
                )
            }
        }
    }

    @Test(arguments: [true, false])
    func `connectors in test mode are found, whatever the parameter for them means`(_ returnsAll: Bool) async throws {
        let options = TenantOptions(
            members: Self.members + #", "quirks": {"includeTestModeReturnsAll": \#(returnsAll)}"#
        )
        try await withTenant(options) { tenant in
            let observed = try await tenant.reader.read(rules: []).get()
            #expect(observed.connectors.filter { $0.kind == .outboundConnector }.count == 5)
        }
    }

    @Test(arguments: ["Disclaimer", "disclaimer"])
    func `a rule that leads nowhere is reported when it is asked for`(_ name: String) async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            let observed = try await tenant.reader.read(rules: [name]).get()
            let rule = try #require(observed.connectors.first { $0.displayName == "Disclaimer" })
            let again = try await tenant.reader.read(rules: [rule.guid.uppercased()]).get()
            #expect(again.connectors.contains { $0.guid == rule.guid })
        }
    }

    @Test func `a whole read takes seven requests, and the next one five`() async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            _ = try await tenant.reader.read(rules: []).get()
            #expect(tenant.simulator.requests().count == 7)
            _ = try await tenant.reader.read(rules: []).get()
            #expect(tenant.simulator.requests().count == 12)
        }
    }

    @Test func `two requests are in flight at once, and never more`() async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"hold": "head"}}]"#
            )
            func arrived() -> Int { tenant.simulator.requests().filter { $0.cmdlet != nil }.count }
            let reader = tenant.reader
            let isFinished = Atomic(false)
            async let reading = {
                defer { isFinished.store(true, ordering: .releasing) }
                return await reader.read(rules: [])
            }()
            while arrived() < 2 { await Task.yield() }
            for _ in 0..<20 {  // time enough for a third one, told by requests that go there and back
                await tenant.tokens.invalidate(try await tenant.tokens.token(for: .graph), for: .graph)
            }
            #expect(arrived() == 2)
            while !isFinished.load(ordering: .acquiring) {
                tenant.simulator.release()
                await Task.yield()
            }
            #expect(await reading.value != nil)
            #expect(tenant.simulator.peakInFlight(tenant: SimulatedTenant.id) == 2)
        }
    }

    @Test func `a read only reads`() async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            let before = tenant.simulator.state()
            _ = await tenant.reader.read(rules: [])
            _ = await tenant.reader.permissions()
            #expect(tenant.simulator.requests().allSatisfy { !$0.changedTenant })
            #expect(tenant.simulator.state() == before)
        }
    }

    @Test func `every request bears what the service wants to see`() async throws {
        try await withTenant { tenant in
            _ = await tenant.reader.read(rules: [])
            let requests = tenant.simulator.requests().filter { $0.cmdlet != nil }
            for request in requests {
                #expect(request.path == "/adminapi/beta/\(SimulatedTenant.id)/InvokeCommand")
                #expect(request.headers["authorization"]?.hasPrefix("Bearer") == true)
                #expect(
                    request.headers["x-anchormailbox"]
                        == "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@\(SimulatedTenant.id)"
                )
                #expect(request.headers["x-cmdletname"] == request.cmdlet)
                #expect(request.headers["content-type"]?.hasPrefix("application/json") == true)
                #expect(request.headers["prefer"] == nil)
            }
            #expect(Set(requests.map { $0.headers["client-request-id"] }).count == requests.count)
            #expect(Set(requests.map { $0.headers["connection-id"] }).count == 1)
        }
    }

    @Test func `a row that is repeated as it was is one connector, and is told`() async throws {
        try await withTenant { tenant in
            let row = #"{"Name": "x", "Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01", "Enabled": true}"#
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-InboundConnector"}, "effect": {"rows": [\#(row), \#(row)]}}]"#
            )
            let observed = try await tenant.reader.read(rules: []).get()
            #expect(observed.connectors.map(\.displayName) == ["x"])
            #expect(observed.warnings == ["Get-InboundConnector lists x twice"])
        }
    }

    @Test func `a tenant that does not answer is unknown at the deadline`() async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-TransportRule"}, "times": "always", "effect": {"delay": 60000}}]"#
            )
            let error = await tenant.reader.read(rules: [], deadline: .milliseconds(300)).error
            #expect(error?.reason == .transferFailed)
            #expect(error?.message == "The tenant could not be read within 0 s.")
        }
    }

    @Test func `a deadline that passes while something is tried again says what went wrong`() async throws {
        try await withTenant(TenantOptions(waits: true)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"throttle": {}, "retryAfter": 60}}]"#
            )
            let error = await tenant.reader.read(rules: [], deadline: .seconds(3)).error
            #expect(error?.message.hasPrefix("The tenant could not be read within 3 s. ") == true)
            #expect(error?.message.contains("429") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `once one read is unknown the others are given up`() async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"""
                [{"match": {"cmdlet": "Get-AcceptedDomain"}, "times": "always", "effect": {"forbidden": "empty"}},
                 {"match": {"cmdlet": "Get-TransportRule"}, "times": "always", "effect": {"delay": 60000}}]
                """#
            )
            let error = await tenant.reader.read(rules: [], deadline: .seconds(600)).error
            #expect(error?.reason == .permissionMissing)
            #expect(error?.errorClass == .permission)
        }
    }

    @Test func `an organization that is not the tenant's is named`() async throws {
        try await withTenant { tenant in
            let connection = TenantConnection(
                tenantId: SimulatedTenant.id,
                organization: "contosoo.onmicrosoft.com",
                endpoints: tenant.connection.endpoints,
                tokens: tenant.tokens,
                pool: try TransferPool()
            )
            let error = await TenantReader(connection).read(rules: []).error
            #expect(error?.reason == .organizationUnknown)
            #expect(
                error?.message
                    == "The tenant does not have the domain contosoo.onmicrosoft.com that the configuration names as its "
                    + "organization; its initial domain is contoso.onmicrosoft.com."
            )
            #expect(await TenantReader(connection).permissions().domains.error?.reason == .organizationUnknown)
        }
    }

    @Test func `warnings of the service come along`() async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-InboundConnector"}, "effect": {"warnings": ["Overlap.", "Overlap."]}}]"#
            )
            #expect(try await tenant.reader.read(rules: []).get().warnings == ["Overlap."])
        }
    }

    @Test(arguments: ["absent", "null", "empty"])
    func `no rows are no connectors, in each of their forms`(_ form: String) async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                """
                [{"match": {"cmdlet": "Get-AcceptedDomain"}, "effect": {}},
                 {"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"value": "\(form)", "rows": []}}]
                """
            )
            let observed = try await tenant.reader.read(rules: []).get()
            #expect(observed.connectors.isEmpty)
        }
    }

    @Test func `a list in pages is read to its end`() async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-InboundConnector"}, "effect": {"nextLink": "answering"}}]"#
            )
            let observed = try await tenant.reader.read(rules: []).get()
            #expect(observed.connectors.filter { $0.kind == .inboundConnector }.count == 2)
            let requests = tenant.requests("Get-InboundConnector")
            #expect(requests.count == 2)
            #expect(requests[0].body == requests[1].body)
        }
    }

    private static let manyWarnings = (0..<200).map { "\"\($0)\"" }.joined(separator: ", ")

    struct Unknown: CustomTestStringConvertible {
        let testDescription: String
        let effect: String
        let reason: ExchangeError.Reason
        /// How often the list is asked for.
        var requests = 1
    }

    @Test(arguments: [
        Unknown(
            testDescription: "a continuation that fails",
            effect: #"{"nextLink": "failing"}"#,
            reason: .pagingExpired,
            requests: 2
        ),
        Unknown(
            testDescription: "a continuation to another host",
            effect: #"{"nextLink": "foreign"}"#,
            reason: .foreignLink
        ),
        Unknown(
            testDescription: "a warning that there is more",
            effect: #"{"warnings": ["There are more results available than are currently displayed."]}"#,
            reason: .answerIncomplete
        ),
        Unknown(
            testDescription: "a warning that there is more, behind as many as are kept",
            effect: #"{"warnings": [\#(manyWarnings), "There are more results available than shown."]}"#,
            reason: .answerIncomplete
        ),
        Unknown(
            testDescription: "errors inside a success",
            effect: #"{"errors": ["It broke."]}"#,
            reason: .partialErrors
        ),
        Unknown(testDescription: "half an answer", effect: #"{"truncate": true}"#, reason: .answerMalformed),
        Unknown(
            testDescription: "an answer that breaks off",
            effect: #"{"drop": "body"}"#,
            reason: .transferFailed,
            requests: 5
        ),
        Unknown(
            testDescription: "an empty answer",
            effect: #"{"status": 200, "body": "empty"}"#,
            reason: .answerMalformed
        ),
        Unknown(testDescription: "a web page", effect: #"{"status": 200, "body": "html"}"#, reason: .answerMalformed),
        Unknown(
            testDescription: "a stranger's JSON",
            effect: #"{"status": 200, "body": "{}"}"#,
            reason: .answerMalformed
        ),
        Unknown(
            testDescription: "a value that is no list",
            effect: #"{"status": 200, "body": "{\"value\": {}}"}"#,
            reason: .answerMalformed
        ),
        Unknown(
            testDescription: "an error in a success",
            effect: #"{"status": 200, "body": "{\"error\": {\"message\": \"no\"}}"}"#,
            reason: .partialErrors
        ),
        Unknown(testDescription: "a row without a GUID", effect: #"{"rows": [{"Name": "x"}]}"#, reason: .rowMalformed),
        Unknown(
            testDescription: "a row with half a GUID",
            effect: #"{"rows": [{"Name": "x", "Guid": "3f2e0b54"}]}"#,
            reason: .rowMalformed
        ),
        Unknown(
            testDescription: "a row without a name",
            effect: #"{"rows": [{"Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01"}]}"#,
            reason: .rowMalformed
        ),
        Unknown(
            testDescription: "one GUID twice, with different values",
            effect: #"""
                {"rows": [{"Name": "x", "Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01"},
                          {"Name": "y", "Guid": "3F2E0B54-8A41-4D0C-9A6E-0D8F6F0D1A01"}]}
                """#,
            reason: .rowMalformed
        ),
        Unknown(
            testDescription: "a flag that is a number",
            effect: #"{"rows": [{"Name": "x", "Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01", "RequireTls": 1}]}"#,
            reason: .rowMalformed
        ),
        Unknown(
            testDescription: "a list with a number in it",
            effect: #"{"rows": [{"Name": "x", "Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01", "SenderDomains": [1]}]}"#,
            reason: .rowMalformed
        ),
        Unknown(
            testDescription: "a text that is an object",
            effect:
                #"{"rows": [{"Name": "x", "Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01", "TlsSenderCertificateName": {}}]}"#,
            reason: .rowMalformed
        ),
        Unknown(
            testDescription: "two spellings of a member that differ",
            effect: #"""
                {"rows": [{"Name": "x", "Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01", "RequireTls": true,
                           "RequireTLS": false}]}
                """#,
            reason: .rowMalformed
        ),
    ])
    func `is unknown and not absent`(_ example: Unknown) async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-InboundConnector"}, "times": "always", "effect": \#(example.effect)}]"#
            )
            let error = try #require(await tenant.reader.read(rules: []).error)
            #expect(error.reason == example.reason)
            #expect(error.message.contains("Get-InboundConnector"))
            #expect(!error.remedy.isEmpty)
            #expect(tenant.requests("Get-InboundConnector").count == example.requests)
        }
    }
}
