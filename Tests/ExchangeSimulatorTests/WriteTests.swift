import ExchangeSimulator
import Foundation
import Testing

@Suite struct WriteTests {
    @Test func `a connector is created, changed, renamed and removed`() async throws {
        try await withSimulator { client async throws in
            let made = try await client.invoke(
                "new-outboundconnector",
                #"{"name": "Contoso", "recipientdomains": "a.example", "TlsSettings": "certificatevalidation"}"#
            )
            #expect(made.status == 200)
            let guid = try #require(made.row["Guid"] as? String)
            #expect(made.row["TlsSettings"] as? String == "CertificateValidation")
            #expect(made.row["MtaStsMode"] as? String == "Opportunistic")
            #expect(made.row["RecipientDomains"] as? [String] == ["a.example"])

            let set = #"{"Identity": "\#(guid)", "Name": "Contoso 2", "Enabled": false, "Confirm": false}"#
            let changed = try await client.invoke("Set-OutboundConnector", set)
            #expect(changed.status == 200 && changed.rows.isEmpty && changed.warnings.isEmpty)
            let row = try await client.row("OutboundConnector", "Contoso 2")
            #expect(row["Guid"] as? String == guid)
            #expect(row["Identity"] as? String == "Contoso 2")
            #expect(row["Enabled"] as? Bool == false)

            let name = try #require(row["DistinguishedName"] as? String)
            #expect(try await client.invoke("Remove-OutboundConnector", #"{"Identity": "\#(name)"}"#).status == 200)
            #expect(try await client.row("OutboundConnector", "Contoso 2").isEmpty)
            #expect(try await client.invoke("Remove-OutboundConnector", #"{"Identity": "\#(guid)"}"#).status == 404)
        }
    }

    @Test func `sender domains are kept with prefix and cost`() async throws {
        try await withSimulator { client async throws in
            let set = #"{"Identity": "In", "SenderDomains": ["a.example", "smtp:*.b.example;5", "SMTP:A.example;1"]}"#
            #expect(try await client.invoke("Set-InboundConnector", set).status == 200)
            let row = try await client.row("InboundConnector", "In")
            #expect(row["SenderDomains"] as? [String] == ["smtp:a.example;1", "smtp:*.b.example;5"])
        }
    }

    @Test func `a Set that changes nothing warns, and the object keeps its time`() async throws {
        try await withSimulator { client async throws in
            let before = try await client.row("InboundConnector", "In")["WhenChangedUTC"] as? String
            let reply = try await client.invoke("Set-InboundConnector", #"{"Identity": "In", "RequireTls": true}"#)
            #expect(reply.warnings.count == 1)
            #expect(reply.warnings[0].hasPrefix("The command completed successfully but no settings of 'CN=In,"))
            #expect(client.simulator.requests().last?.changedTenant == false)
            #expect(try await client.row("InboundConnector", "In")["WhenChangedUTC"] as? String == before)
        }
    }

    @Test func `turning MX on clears the smart hosts`() async throws {
        try await withSimulator { client async throws in
            let set = #"{"Identity": "Hosted", "UseMXRecord": true}"#
            #expect(try await client.invoke("Set-OutboundConnector", set).status == 200)
            #expect(try await client.row("OutboundConnector", "Hosted")["SmartHosts"] as? [String] == [])
        }
    }

    @Test func `leaving DomainValidation takes both parameters`() async throws {
        try await withSimulator { client async throws in
            let half = #"{"Identity": "Hosted", "TlsSettings": null}"#
            #expect(try await client.invoke("Set-OutboundConnector", half).status == 400)
            let both = #"{"Identity": "Hosted", "TlsSettings": null, "TlsDomain": null}"#
            #expect(try await client.invoke("Set-OutboundConnector", both).status == 200)
            #expect(try await client.row("OutboundConnector", "Hosted")["TlsSettings"] is NSNull)
        }
    }

    struct ListChange: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let value: String
        var quirks = #"{"oddForms": false}"#
        let result: [String]
    }

    @Test(arguments: [
        ListChange(testDescription: "an array replaces", value: #"["203.0.113.9"]"#, result: ["203.0.113.9"]),
        ListChange(testDescription: "a text replaces", value: #""203.0.113.9""#, result: ["203.0.113.9"]),
        ListChange(testDescription: "[] clears", value: "[]", result: []),
        ListChange(testDescription: "null clears", value: "null", result: []),
        ListChange(
            testDescription: "the tagged empty table clears",
            value: ##"{"@odata.type": "#Exchange.GenericHashTable"}"##,
            result: []
        ),
        ListChange(
            testDescription: "add and remove",
            value: ##"{"@odata.type": "#Exchange.GenericHashTable", "add": ["203.0.113.9"], "remove": ["192.0.2.1"]}"##,
            result: ["198.51.100.0/24", "203.0.113.9"]
        ),
        ListChange(
            testDescription: "[] is ignored where only the table clears",
            value: "[]",
            quirks: #"{"oddForms": false, "emptyListsIgnored": true}"#,
            result: ["192.0.2.1", "198.51.100.0/24"]
        ),
        ListChange(
            testDescription: "the table clears there",
            value: ##"{"@odata.type": "#Exchange.GenericHashTable"}"##,
            quirks: #"{"oddForms": false, "emptyListsIgnored": true}"#,
            result: []
        ),
    ])
    func list(_ example: ListChange) async throws {
        try await withSimulator(seed: Seeds.usual(quirks: example.quirks)) { client async throws in
            let start = #"{"Identity": "In", "SenderIPAddresses": ["192.0.2.1", "198.51.100.0/24"]}"#
            _ = try await client.invoke("Set-InboundConnector", start)
            let set = #"{"Identity": "In", "SenderIPAddresses": \#(example.value)}"#
            #expect(try await client.invoke("Set-InboundConnector", set).status == 200)
            let row = try await client.row("InboundConnector", "In")
            #expect(row["SenderIPAddresses"] as? [String] == example.result)
        }
    }

    @Test func `WhatIf tells and changes nothing`() async throws {
        try await withSimulator { client async throws in
            let before = client.simulator.state()
            for (cmdlet, parameters) in [
                ("New-InboundConnector", #"{"Name": "x", "SenderDomains": ["*"], "WhatIf": true}"#),
                ("Set-InboundConnector", #"{"Identity": "In", "Enabled": false, "WhatIf": true}"#),
                ("Remove-TransportRule", #"{"Identity": "Route", "WhatIf": true}"#),
            ] {
                let reply = try await client.invoke(cmdlet, parameters)
                #expect((reply.json["@adminapi.confirmationmessage"] as? String ?? "").hasPrefix("What if"))
            }
            #expect(client.simulator.state() == before)
        }
    }

    @Test func `overlaps of inbound connectors are warned about`() async throws {
        try await withSimulator { client async throws in
            let first = #"{"Identity": "In", "SenderIPAddresses": ["192.0.2.0/24"]}"#
            _ = try await client.invoke("Set-InboundConnector", first)
            let reply = try await client.invoke(
                "New-InboundConnector",
                #"""
                {"Name": "x", "SenderDomains": ["*"], "SenderIPAddresses": ["192.0.2.7"], "RequireTls": true,
                 "TlsSenderCertificateName": "MAIL.contoso.com"}
                """#
            )
            #expect(reply.warnings.count == 2)
        }
    }

    @Test func `a validation stamp comes back without a zone`() async throws {
        try await withSimulator { client async throws in
            let set = #"""
                {"Identity": "Out", "IsValidated": true, "LastValidationTimestamp": "2026-11-20T08:20:00Z",
                 "ValidationRecipients": ["postmaster@fabrikam.com"]}
                """#
            #expect(try await client.invoke("Set-OutboundConnector", set).status == 200)
            let row = try await client.row("OutboundConnector", "Out")
            #expect(row["LastValidationTimestamp"] as? String == "2026-11-20T08:20:00.0000000")
        }
    }

    // MARK: Rules

    @Test func `rules keep their order without gaps`() async throws {
        try await withSimulator { client async throws in
            let names = { (reply: Reply) in reply.names }
            for (name, more) in [("A", ""), ("B", #", "Priority": 0"#), ("C", #", "Priority": 1, "Enabled": false"#)] {
                let new = #"{"Name": "\#(name)", "RouteMessageOutboundRequireTls": true\#(more)}"#
                #expect(try await client.invoke("New-TransportRule", new).status == 200)
            }
            #expect(names(try await client.invoke("Get-TransportRule")) == ["B", "C", "Route", "A"])
            #expect(try await client.row("TransportRule", "C")["State"] as? String == "Disabled")
            #expect(try await client.invoke("Enable-TransportRule", #"{"Identity": "C"}"#).status == 200)
            #expect(try await client.row("TransportRule", "C")["State"] as? String == "Enabled")
            _ = try await client.invoke("Set-TransportRule", #"{"Identity": "A", "Priority": 0}"#)
            _ = try await client.invoke("Remove-TransportRule", #"{"Identity": "B"}"#)
            let reply = try await client.invoke("Get-TransportRule")
            #expect(reply.names == ["A", "C", "Route"])
            #expect(reply.rows.map { $0["Priority"] as? Int } == [0, 1, 2])
        }
    }

    @Test func `a rule's row names classes, and its connector by name`() async throws {
        try await withSimulator { client async throws in
            let guid = try #require(try await client.row("OutboundConnector", "Scoped")["Guid"] as? String)
            let new = #"""
                {"Name": "x", "RouteMessageOutboundConnector": "\#(guid)", "RouteMessageOutboundRequireTls": true,
                 "RecipientDomainIs": ["a.example"], "SentToScope": "NotInOrganization"}
                """#
            #expect(try await client.invoke("New-TransportRule", new).status == 200)
            let row = try await client.row("TransportRule", "x")
            let prefix = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks."
            #expect(row["RouteMessageOutboundConnector"] as? String == "Scoped")
            #expect(
                row["Conditions"] as? [String]
                    == ["RecipientDomainIs", "SentToScope"].map { "\(prefix)\($0)Predicate" }
            )
            #expect(
                row["Actions"] as? [String]
                    == ["RouteMessageOutboundConnector", "RouteMessageOutboundRequireTls"].map { name in
                        "\(prefix)\(name == "RouteMessageOutboundRequireTls" ? "RouteMessageOutboundRequireTls" : name)Action"
                    }
            )
            #expect(row["Exceptions"] is NSNull)
            #expect(row["Enabled"] == nil)
            #expect((row["WhenChanged"] as? String)?.hasSuffix(".0000000+00:00") ?? false)
        }
    }

    @Test(arguments: [
        (#"{"Identity": "Out", "Recipients": ["a@fabrikam.com"]}"#, 200),
        (#"{"Identity": "Out", "Recipients": ["a@else.example"]}"#, 400),
        (#"{"Identity": "Out"}"#, 400),
    ])
    func `a validation reports rows, and misuse is an error`(parameters: String, status: Int) async throws {
        let seed = Seeds.usual(
            more: #", "validations": {"Out": [{"TaskName": "Send test email", "IsTaskSuccessful": false}]}"#
        )
        try await withSimulator(seed: seed) { client async throws in
            let reply = try await client.invoke("Validate-OutboundConnector", parameters)
            #expect(reply.status == status)
            if status == 200 { #expect(reply.row["IsTaskSuccessful"] as? Bool == false) }
            #expect(try await client.row("OutboundConnector", "Out")["IsValidated"] as? Bool == false)
        }
    }
}
