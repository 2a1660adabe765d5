/// Table 4.4: what an outbound connector may not be.
extension RuleTests {
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
}
