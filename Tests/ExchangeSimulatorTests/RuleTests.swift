import ExchangeSimulator
import Foundation
import Testing

/// One row for each rule of tables 3.4 and 4.4, and for what binding refuses.
@Suite struct RuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cmdlet: String
        let parameters: String
        let type: String
        let text: String
        var status = 400

        init(
            _ description: String,
            _ cmdlet: String,
            _ parameters: String,
            _ type: String,
            _ text: String,
            status: Int = 400
        ) {
            testDescription = description
            self.cmdlet = cmdlet
            self.parameters = parameters
            self.type = type
            self.text = text
            self.status = status
        }
    }

    static let inbound = [
        Case(
            "I1",
            "New-InboundConnector",
            #"{"Name": "x", "ConnectorType": "OnPremises", "SenderDomains": ["*"]}"#,
            "DataValidationException",
            "must have SenderIPAddresses or"
        ),
        Case(
            "I2",
            "Set-InboundConnector",
            #"{"Identity": "Hybrid", "RequireTls": false}"#,
            "DataValidationException",
            "only if RequireTls"
        ),
        Case(
            "I3",
            "Set-InboundConnector",
            #"{"Identity": "In", "RestrictDomainsToIPAddresses": true}"#,
            "DataValidationException",
            "RestrictDomainsToIPAddresses"
        ),
        Case(
            "I4",
            "Set-InboundConnector",
            #"{"Identity": "In", "RestrictDomainsToCertificate": true}"#,
            "DataValidationException",
            "RestrictDomainsToCertificate"
        ),
        Case(
            "I5",
            "Set-InboundConnector",
            #"{"Identity": "In", "RestrictDomainsToCertificate": true, "TlsSenderCertificateName": "a.example", "RestrictDomainsToIPAddresses": true, "SenderIPAddresses": ["192.0.2.1"]}"#,
            "DataValidationException",
            "can't both"
        ),
        Case(
            "I6",
            "Set-InboundConnector",
            #"{"Identity": "In", "CloudServicesMailEnabled": true}"#,
            "DataValidationException",
            "CloudServicesMailEnabled"
        ),
        Case(
            "I7: Partner",
            "Set-InboundConnector",
            #"{"Identity": "In", "TreatMessagesAsInternal": true}"#,
            "DataValidationException",
            "TreatMessagesAsInternal"
        ),
        Case(
            "I7: hybrid headers",
            "Set-InboundConnector",
            #"{"Identity": "Hybrid", "TreatMessagesAsInternal": true}"#,
            "DataValidationException",
            "TreatMessagesAsInternal"
        ),
        Case(
            "I8: IPv6",
            "Set-InboundConnector",
            #"{"Identity": "In", "SenderIPAddresses": ["2001:db8::1"]}"#,
            "IPv6AddressesRangesAreNotAllowedInConnectorException",
            "IPv6"
        ),
        Case(
            "I8: a range",
            "Set-InboundConnector",
            #"{"Identity": "In", "SenderIPAddresses": ["192.0.2.1-192.0.2.9"]}"#,
            "InvalidIPRangeFormatException",
            "isn't a valid IP"
        ),
        Case(
            "I8: larger than /24",
            "Set-InboundConnector",
            #"{"Identity": "In", "SenderIPAddresses": ["198.51.100.0/23"]}"#,
            "InvalidCidrRangeException",
            "larger than /24"
        ),
        Case(
            "I8: private",
            "Set-InboundConnector",
            #"{"Identity": "In", "SenderIPAddresses": ["192.168.1.0/24"]}"#,
            "IPRangeInConnectorContainsReservedIPAddresses",
            "reserved"
        ),
        Case(
            "I8: Exchange Online's own",
            "Set-InboundConnector",
            #"{"Identity": "In", "SenderIPAddresses": ["40.92.1.1"]}"#,
            "SenderIPAddressOverlapsFfoDCIPAddresses",
            "overlaps"
        ),
        Case(
            "I9: everything",
            "Set-InboundConnector",
            #"{"Identity": "In", "TlsSenderCertificateName": "*"}"#,
            "DataValidationException",
            "TlsSenderCertificateName"
        ),
        Case(
            "I9: a wildcard inside",
            "Set-InboundConnector",
            #"{"Identity": "In", "TlsSenderCertificateName": "mail.*.com"}"#,
            "DataValidationException",
            "TlsSenderCertificateName"
        ),
        Case(
            "I9: Exchange Online's own",
            "Set-InboundConnector",
            #"{"Identity": "In", "TlsSenderCertificateName": "mail.protection.outlook.com"}"#,
            "DataValidationException",
            "Exchange Online Protection"
        ),
        Case(
            "I10",
            "Set-InboundConnector",
            #"{"Identity": "In", "SenderDomains": ["smtp:a.*.example;1"]}"#,
            "DataValidationException",
            "SMTP domain"
        ),
        Case(
            "I11",
            "Set-InboundConnector",
            #"{"Identity": "In", "SenderDomains": [\#((0..<180).map { #""d\#($0 + 100).example""# }.joined(separator: ","))]}"#,
            "DataValidationException",
            "The maximum length is 2243 and the length of the value provided is 3599."
        ),
        Case(
            "I12: a used name",
            "New-InboundConnector",
            #"{"Name": "IN", "SenderDomains": ["a.example"]}"#,
            "ErrorInboundConnectorAlreadyExistsException",
            "already exists"
        ),
        Case(
            "I12: a long comment",
            "Set-InboundConnector",
            #"{"Identity": "In", "Comment": "\#(String(repeating: "x", count: 1025))"}"#,
            "DataValidationException",
            "1024"
        ),
        Case(
            "I13",
            "Set-InboundConnector",
            #"{"Identity": "In", "AssociatedAcceptedDomains": ["a.example"]}"#,
            "ManagementObjectNotFoundException",
            "couldn't be found",
            status: 404
        ),
        Case(
            "SenderDomains is needed on New",
            "New-InboundConnector",
            #"{"Name": "x"}"#,
            "ParameterBindingException",
            "SenderDomains"
        ),
        Case(
            "a name has at most 64 characters",
            "New-InboundConnector",
            #"{"Name": "\#(String(repeating: "x", count: 65))", "SenderDomains": ["*"]}"#,
            "DataValidationException",
            "64"
        ),
        Case(
            "ClientHostNames is not on Set",
            "Set-InboundConnector",
            #"{"Identity": "In", "ClientHostNames": ["a"]}"#,
            "AmbiguousParameterSetException",
            "ClientHostNames"
        ),
        Case(
            "AdminUI can't be written",
            "Set-InboundConnector",
            #"{"Identity": "In", "ConnectorSource": "AdminUI"}"#,
            "ParameterTransformationException",
            "HybridWizard"
        ),
    ]

    static let outbound = [
        Case(
            "O1: no scope",
            "New-OutboundConnector",
            #"{"Name": "x"}"#,
            "DataValidationException",
            "Specify RecipientDomains"
        ),
        Case(
            "O1: two scopes",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "IsTransportRuleScoped": true}"#,
            "DataValidationException",
            "scoped to transport rules"
        ),
        Case(
            "O2: MX and smart hosts",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "SmartHosts": ["mx.a.example"]}"#,
            "DataValidationException",
            "UseMXRecord must be false"
        ),
        Case(
            "O2: neither",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "UseMXRecord": false}"#,
            "DataValidationException",
            "SmartHosts must be"
        ),
        Case(
            "O3: no TlsDomain",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "TlsSettings": "DomainValidation"}"#,
            "DataValidationException",
            "TlsDomain must be"
        ),
        Case(
            "O3: TlsDomain alone",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "TlsDomain": "a.example"}"#,
            "DataValidationException",
            "TlsDomain can be"
        ),
        Case(
            "O3: everything",
            "Set-OutboundConnector",
            #"{"Identity": "Hosted", "TlsDomain": "*"}"#,
            "DataValidationException",
            "TlsDomain"
        ),
        Case(
            "O4: AllAcceptedDomains",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "AllAcceptedDomains": true}"#,
            "DataValidationException",
            "AllAcceptedDomains"
        ),
        Case(
            "O4: RouteAll",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "RouteAllMessagesViaOnPremises": true}"#,
            "DataValidationException",
            "RouteAllMessagesViaOnPremises"
        ),
        Case(
            "O4: CloudServices",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "CloudServicesMailEnabled": true}"#,
            "DataValidationException",
            "CloudServicesMailEnabled"
        ),
        Case(
            "O4: SRS",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "SenderRewritingEnabled": true}"#,
            "DataValidationException",
            "SenderRewritingEnabled"
        ),
        Case(
            "O5",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "ConnectorType": "OnPremises"}"#,
            "OnPremisesConnectorHasRouteUsingMX",
            "MX"
        ),
        Case(
            "O6",
            "Set-OutboundConnector",
            #"{"Identity": "Hosted", "ConnectorType": "OnPremises", "RecipientDomains": ["*"]}"#,
            "DataValidationException",
            "RouteAllMessagesViaOnPremises"
        ),
        Case(
            "O8: private",
            "Set-OutboundConnector",
            #"{"Identity": "Hosted", "SmartHosts": ["[10.0.0.1]"]}"#,
            "DataValidationException",
            "reserved"
        ),
        Case(
            "O8: IPv6",
            "Set-OutboundConnector",
            #"{"Identity": "Hosted", "SmartHosts": ["2001:db8::1"]}"#,
            "DataValidationException",
            "smart host"
        ),
        Case(
            "O9: disable",
            "Set-OutboundConnector",
            #"{"Identity": "Scoped", "Enabled": false}"#,
            "ConnectorIncorrectUsageConnectorStillReferencedException",
            "Route"
        ),
        Case(
            "O9: rename",
            "Set-OutboundConnector",
            #"{"Identity": "Scoped", "Name": "Other"}"#,
            "ConnectorIncorrectUsageConnectorStillReferencedException",
            "Route"
        ),
        Case(
            "O9: un-scope",
            "Set-OutboundConnector",
            #"{"Identity": "Scoped", "IsTransportRuleScoped": false, "RecipientDomains": ["a.example"]}"#,
            "ConnectorIncorrectUsageConnectorStillReferencedException",
            "Route"
        ),
        Case(
            "O9: remove",
            "Remove-OutboundConnector",
            #"{"Identity": "Scoped"}"#,
            "ConnectorIncorrectUsageConnectorStillReferencedException",
            "Route"
        ),
        Case(
            "O10",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "RecipientDomains": [\#((0..<1267).map { #""d\#($0).example""# }.joined(separator: ","))]}"#,
            "AdminLimitExceededException",
            "The administrative limit for this request was exceeded."
        ),
        Case(
            "O11",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "RecipientDomains": ["a*.example"]}"#,
            "DataValidationException",
            "SMTP domain"
        ),
        Case(
            "O12: a used name",
            "New-OutboundConnector",
            #"{"Name": "out", "RecipientDomains": ["a.example"]}"#,
            "ErrorOutboundConnectorAlreadyExistsException",
            "already exists"
        ),
        Case(
            "O12: a name that is used by another",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "Name": "hosted"}"#,
            "ErrorOutboundConnectorAlreadyExistsException",
            "already exists"
        ),
        Case(
            "O12: a long comment",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "Comment": "\#(String(repeating: "x", count: 1025))"}"#,
            "DataValidationException",
            "1024"
        ),
        Case(
            "ValidationRecipients is not on New",
            "New-OutboundConnector",
            #"{"Name": "x", "RecipientDomains": ["a.example"], "ValidationRecipients": ["a@a.example"]}"#,
            "AmbiguousParameterSetException",
            "ValidationRecipients"
        ),
    ]

    static let rules = [
        Case(
            "a rule's connector exists",
            "New-TransportRule",
            #"{"Name": "x", "RouteMessageOutboundConnector": "None"}"#,
            "ManagementObjectNotFoundException",
            "None",
            status: 404
        ),
        Case(
            "a rule's connector is for rules",
            "New-TransportRule",
            #"{"Name": "x", "RouteMessageOutboundConnector": "Out"}"#,
            "ConnectorIncorrectUsageException",
            "Out"
        ),
        Case(
            "a rule does something",
            "New-TransportRule",
            #"{"Name": "x", "RecipientDomainIs": ["a.example"]}"#,
            "DataValidationException",
            "action"
        ),
        Case(
            "a rule's name is its own",
            "New-TransportRule",
            #"{"Name": "ROUTE", "RouteMessageOutboundRequireTls": true}"#,
            "RuleNameAlreadyExistsException",
            "already exists"
        ),
        Case(
            "Enabled is not on Set",
            "Set-TransportRule",
            #"{"Identity": "Route", "Enabled": false}"#,
            "AmbiguousParameterSetException",
            "Enabled"
        ),
        Case(
            "a rule's scope is a word of its list",
            "New-TransportRule",
            #"{"Name": "x", "RouteMessageOutboundRequireTls": true, "SentToScope": "Outside"}"#,
            "ParameterTransformationException",
            "NotInOrganization"
        ),
    ]

    static let binding = [
        Case(
            "an unknown parameter",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "Nonsense": 1}"#,
            "AmbiguousParameterSetException",
            "Identity, Nonsense"
        ),
        Case(
            "a bad enumerator",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "TlsSettings": "Strict"}"#,
            "ParameterTransformationException",
            "EncryptionOnly, CertificateValidation, DomainValidation"
        ),
        Case(
            "a text for a switch",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "Enabled": "false"}"#,
            "ParameterTransformationException",
            "Enabled"
        ),
        Case(
            "an untagged table",
            "Set-OutboundConnector",
            #"{"Identity": "Out", "RecipientDomains": {"add": ["a.example"]}}"#,
            "ParameterTransformationException",
            "JObject"
        ),
        Case(
            "an object that isn't there",
            "Set-OutboundConnector",
            #"{"Identity": "Nobody", "Enabled": false}"#,
            "ManagementObjectNotFoundException",
            "object 'Nobody' couldn't be found on '",
            status: 404
        ),
        Case("no identity", "Set-OutboundConnector", #"{"Enabled": false}"#, "ParameterBindingException", "Identity"),
    ]

    @Test(arguments: inbound + outbound + rules + binding)
    func refused(_ example: Case) async throws {
        try await withSimulator { client async throws in
            let before = client.simulator.state()
            let reply = try await client.invoke(example.cmdlet, example.parameters)
            #expect(reply.status == example.status)
            #expect(reply.exception.type == example.type)
            #expect(reply.exception.text.contains(example.text), "\(reply.exception.text)")
            #expect(reply.headers["x-exceptiontype"]?.hasSuffix(example.type) ?? false)
            #expect(client.simulator.state() == before)
            #expect(client.simulator.requests().last?.changedTenant == false)
        }
    }

    @Test func `O7: all mail through on-premises needs a way back`() async throws {
        try await withSimulator { client async throws in
            let new = #"""
                {"Name": "All", "ConnectorType": "OnPremises", "UseMXRecord": false, "SmartHosts": ["mx.contoso.com"],
                 "RecipientDomains": ["*"], "RouteAllMessagesViaOnPremises": true}
                """#
            _ = try await client.invoke("Set-InboundConnector", #"{"Identity": "Hybrid", "Enabled": false}"#)
            #expect(try await client.invoke("New-OutboundConnector", new).exception.text.contains("RouteAllMessages"))
            _ = try await client.invoke("Set-InboundConnector", #"{"Identity": "Hybrid", "Enabled": true}"#)
            #expect(try await client.invoke("New-OutboundConnector", new).status == 200)
        }
    }
}
