/// What a transport rule may not be, and what the binding of parameters refuses.
extension RuleTests {
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
            #"{"Identity": "Missing", "Enabled": false}"#,
            "ManagementObjectNotFoundException",
            "object 'Missing' couldn't be found on '",
            status: 404
        ),
        Case("no identity", "Set-OutboundConnector", #"{"Enabled": false}"#, "ParameterBindingException", "Identity"),
    ]
}
