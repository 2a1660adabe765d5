import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)))
struct WriteTests {
    private func object(_ request: LoggedRequest?) throws -> [String: Any] {
        let text = try #require(request?.parameters)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func only(_ tenant: SimulatedTenant, _ kind: ConnectorKind) async throws -> ObservedConnector {
        let observed = try await tenant.reader.read(rules: []).get()
        return try #require(observed.connectors.first { $0.kind == kind })
    }

    @Test func `a new connector gets exactly what is given, in one request`() async throws {
        try await withTenant { tenant in
            let settings: Settings = [
                "recipientDomains": ["fabrikam.com"], "tlsSettings": "DomainValidation", "tlsDomain": "*.fabrikam.com",
                "useMXRecord": true, "smartHosts": [], "comment": .none,
            ]
            let outcome = await tenant.writer.create(.outboundConnector, name: "Fabrikam", settings: settings)
            let new = try object(tenant.requests("New-OutboundConnector").first)
            #expect(Set(new.keys) == ["Name", "RecipientDomains", "TlsSettings", "TlsDomain", "UseMXRecord"])
            #expect(tenant.requests("Set-OutboundConnector").isEmpty)
            let connector = try await only(tenant, .outboundConnector)
            #expect(connector.guid == outcome.guid)
            for (name, value) in settings {
                let field = try #require(ConnectorKind.outboundConnector.field(name))
                #expect(field.isSame(connector.settings[name] ?? .none, value), "\(name)")
            }
        }
    }

    @Test func `an update sends what changes and nothing else, clearing by null and by an empty list`() async throws {
        let members = #"""
            "inboundConnectors": [{"Name": "In", "ConnectorType": "OnPremises", "SenderDomains": ["smtp:*;1"], "RequireTls": true,
              "TlsSenderCertificateName": "mail.contoso.com", "SenderIPAddresses": ["203.0.113.4"], "Comment": "old"}]
            """#
        try await withTenant(TenantOptions(members: members)) { tenant in
            let before = try await only(tenant, .inboundConnector)
            let outcome = await tenant.writer.update(
                .inboundConnector,
                guid: before.guid,
                name: "In",
                newName: "Into",
                settings: ["tlsSenderCertificateName": .none, "requireTls": false, "comment": "", "efUsers": []]
            )
            #expect(outcome.isAccepted)
            let set = try object(tenant.requests("Set-InboundConnector").first)
            #expect(
                Set(set.keys)
                    == ["Identity", "TlsSenderCertificateName", "RequireTls", "Comment", "EFUsers", "Name", "Confirm"]
            )
            #expect(set["Identity"] as? String == before.guid)
            #expect(set["TlsSenderCertificateName"] is NSNull)
            #expect(set["Comment"] as? String == "")
            #expect((set["EFUsers"] as? [Any])?.isEmpty == true)
            #expect(set["Confirm"] as? Bool == false)
            let after = try await only(tenant, .inboundConnector)
            #expect(after.guid == before.guid)
            #expect(after.displayName == "Into")
            #expect(after.settings["requireTls"] == false)
        }
    }

    @Test(arguments: ClearedList.allCases)
    func `a list is cleared by either form`(_ form: ClearedList) async throws {
        let members = #"""
            "outboundConnectors": [{"Name": "Out", "UseMXRecord": false, "SmartHosts": ["mail.example.net"],
              "RecipientDomains": ["a.example"]}], "quirks": {"emptyListsIgnored": true}
            """#
        try await withTenant(TenantOptions(members: members)) { tenant in
            let before = try await only(tenant, .outboundConnector)
            let outcome = await tenant.writer.update(
                .outboundConnector,
                guid: before.guid,
                name: "Out",
                settings: ["useMXRecord": true, "smartHosts": []],
                clearedList: form
            )
            let set = try object(tenant.requests("Set-OutboundConnector").first)
            switch form {
            case .array: #expect((set["SmartHosts"] as? [Any])?.isEmpty == true)
            case .taggedTable:
                #expect(set["SmartHosts"] as? [String: String] == ["@odata.type": "#Exchange.GenericHashTable"])
                #expect(outcome.isAccepted)
                #expect(try await only(tenant, .outboundConnector).settings["smartHosts"] == .list([]))
            }
        }
    }

    static let rule = #"""
        "outboundConnectors": [{"Name": "Relay", "UseMXRecord": false, "SmartHosts": ["mail.example.net"], "IsTransportRuleScoped": true}],
        "transportRules": [{"Name": "Courts", "RouteMessageOutboundConnector": "Relay", "RecipientDomainIs": ["a.example"], "Enabled": true}]
        """#

    @Test(arguments: [true, false])
    func `a rule is switched off before its change, and on after it`(_ isEnabled: Bool) async throws {
        let members = isEnabled ? Self.rule.replacing(#""Enabled": true"#, with: #""Enabled": false"#) : Self.rule
        try await withTenant(TenantOptions(members: members)) { tenant in
            let before = try await only(tenant, .transportRule)
            let outcome = await tenant.writer.update(
                .transportRule,
                guid: before.guid,
                name: "Courts",
                settings: ["enabled": .boolean(isEnabled), "recipientDomainIs": ["b.example"]]
            )
            #expect(outcome.isAccepted)
            let cmdlets = tenant.simulator.requests().filter(\.changedTenant).compactMap(\.cmdlet)
            #expect(
                cmdlets
                    == (isEnabled
                        ? ["Set-TransportRule", "Enable-TransportRule"]
                        : ["Disable-TransportRule", "Set-TransportRule"])
            )
            let after = try await only(tenant, .transportRule)
            #expect(after.settings["enabled"] == .boolean(isEnabled))
            #expect(after.settings["recipientDomainIs"] == .list(["b.example"]))
        }
    }

    @Test func `half an update of a rule is ambiguous`() async throws {
        try await withTenant(TenantOptions(members: Self.rule)) { tenant in
            let before = try await only(tenant, .transportRule)
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Set-TransportRule"}, "effect": {"forbidden": "nul"}}]"#
            )
            let outcome = await tenant.writer.update(
                .transportRule,
                guid: before.guid,
                name: "Courts",
                settings: ["enabled": false, "recipientDomainIs": ["b.example"]]
            )
            #expect(outcome.ambiguity != nil)
        }
    }

    @Test(arguments: [true, false])
    func `a rule that was not surely switched off is not changed`(isRefused: Bool) async throws {
        try await withTenant(TenantOptions(members: Self.rule)) { tenant in
            let before = try await only(tenant, .transportRule)
            let effect = isRefused ? #"{"forbidden": "nul"}"# : #"{"status": 503}"#
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Disable-TransportRule"}, "effect": \#(effect)}]"#
            )
            let outcome = await tenant.writer.update(
                .transportRule,
                guid: before.guid,
                name: "Courts",
                settings: ["enabled": false, "recipientDomainIs": ["b.example"]]
            )
            #expect((outcome.refusal != nil) == isRefused)
            #expect((outcome.ambiguity != nil) == !isRefused)
            #expect(tenant.requests("Set-TransportRule").isEmpty)
            #expect(try await only(tenant, .transportRule).settings == before.settings)
        }
    }

    @Test(arguments: ConnectorKind.allCases)
    func `each kind is made, read back and deleted`(_ kind: ConnectorKind) async throws {
        let settings: Settings =
            switch kind {
            case .inboundConnector: ["senderDomains": ["fabrikam.com"], "requireTls": true]
            case .outboundConnector: ["recipientDomains": ["fabrikam.com"], "useMXRecord": true]
            case .transportRule:
                ["routeMessageOutboundRequireTls": true, "recipientDomainIs": ["fabrikam.com"], "enabled": false]
            }
        try await withTenant { tenant in
            #expect(await tenant.writer.create(kind, name: "Fabrikam", settings: settings).isAccepted)
            let made = try await only(tenant, kind)
            for (name, value) in settings {
                #expect(kind.field(name)?.isSame(made.settings[name] ?? .none, value) == true, "\(name)")
            }
            let twice = await tenant.writer.create(kind, name: "fabrikam", settings: settings)
            #expect(twice.refusal?.reason == .nameTaken)
            #expect(await tenant.writer.delete(kind, guid: made.guid, name: "Fabrikam").isAccepted)
            #expect(try await tenant.reader.read(rules: []).get().connectors.isEmpty)
            #expect(try object(tenant.requests("Remove-\(kind.rawValue)").first)["Identity"] as? String == made.guid)
        }
    }

    @Test func `a warning of a write comes along`() async throws {
        try await withTenant(TenantOptions(members: Self.rule)) { tenant in
            let before = try await only(tenant, .outboundConnector)
            let outcome = await tenant.writer.update(
                .outboundConnector,
                guid: before.guid,
                name: "Relay",
                settings: ["useMXRecord": false, "smartHosts": ["mail.example.net"]]
            )
            guard case .accepted(_, let warnings) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(warnings.contains { $0.contains("no settings of") })
        }
    }

    @Test func `rule 13: the warnings of a write are told once each, and not without end`() async throws {
        try await withTenant(TenantOptions(members: Self.rule)) { tenant in
            let before = try await only(tenant, .transportRule)
            func list(_ range: Range<Int>) -> String { range.map { "\"\($0)\"" }.joined(separator: ", ") }
            try tenant.simulator.setFaults(
                """
                [{"match": {"cmdlet": "Disable-TransportRule"}, "effect": {"warnings": [\(list(0..<60))]}},
                 {"match": {"cmdlet": "Set-TransportRule"}, "effect": {"warnings": [\(list(30..<200))]}}]
                """
            )
            let outcome = await tenant.writer.update(
                .transportRule,
                guid: before.guid,
                name: "Courts",
                settings: ["enabled": false, "recipientDomainIs": ["b.example"]]
            )
            guard case .accepted(_, let warnings) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(warnings == (0..<100).map { "\($0)" } + ["(and more warnings, which are left out here)"])
        }
    }

    @Test func `nothing to change sends nothing`() async throws {
        try await withTenant { tenant in
            #expect(await tenant.writer.update(.inboundConnector, guid: "x", name: "x", settings: [:]).isAccepted)
            #expect(tenant.simulator.requests().isEmpty)
        }
    }

    // MARK: Validation

    @Test func `a validation reports its tasks`() async throws {
        let members = #"""
            "outboundConnectors": [{"Name": "Out", "RecipientDomains": ["a.example"]}],
            "validations": {"Out": [{"TaskName": "Check connectivity", "IsTaskSuccessful": true},
              {"TaskName": "Send test email", "IsTaskSuccessful": "False", "Detail": "450 4.7.320"}]}
            """#
        try await withTenant(TenantOptions(members: members)) { tenant in
            let connector = try await only(tenant, .outboundConnector)
            let report = try await tenant.writer.validate(guid: connector.guid, recipients: ["a@a.example"]).get()
            #expect(report.tasks.map(\.name) == ["Check connectivity", "Send test email"])
            #expect(report.tasks.map(\.isSuccessful) == [true, false])
            #expect(report.tasks[1].row.contains("450 4.7.320"))
            #expect(!report.isSuccessful)
        }
    }

    @Test func `a validation that did nothing has not passed`() async throws {
        let members =
            #""outboundConnectors": [{"Name": "Out", "RecipientDomains": ["a.example"]}], "validations": {"Out": []}"#
        try await withTenant(TenantOptions(members: members)) { tenant in
            let connector = try await only(tenant, .outboundConnector)
            let report = try await tenant.writer.validate(guid: connector.guid, recipients: ["a@a.example"]).get()
            #expect(report.tasks.isEmpty)
            #expect(!report.isSuccessful)
        }
    }

    @Test func `a validation sends mail, so it is asked for once`() async throws {
        try await withTenant(
            TenantOptions(members: #""outboundConnectors": [{"Name": "Out", "RecipientDomains": ["a.example"]}]"#)
        ) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Validate-*"}, "times": "always", "effect": {"throttle": {}}}]"#
            )
            let connector = try await only(tenant, .outboundConnector)
            let report = await tenant.writer.validate(guid: connector.guid, recipients: ["a@a.example"])
            #expect(report.error?.reason == .throttled)
            #expect(tenant.requests("Validate-OutboundConnector").count == 1)
        }
    }
}
