/// Table 3.4: what an inbound connector may not be.
extension RuleTests {
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
}
