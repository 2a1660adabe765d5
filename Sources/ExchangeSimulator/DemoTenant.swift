package import FoundationEssentials

/// A believable tenant for a first look, and what to type to look at it.
///
/// All names end in `.example`, so that a gate that asks for them meets no one.
package struct DemoTenant: Sendable {
    package static let tenantId = "d3b0c1a5-7a1e-4c57-9f0e-5a2c7e1b8d40"
    package static let organization = "contoso.onmicrosoft.com"
    package static let clientId = "6b0f7a52-1c8d-4e3a-9d27-0f4b5c6e7a81"
    /// Of the pretended application; it opens nothing but the pretended tenant.
    package static let clientSecret = "demo-only"

    private init() {}

    /// The seed, with a week of mail behind it and changes by administrators in its audit log.
    package static func seed(now: Date) -> String {
        let tenant = JSON.object([
            "tenantId": .string(tenantId), "organization": .string(organization),
            "acceptedDomains": .array([
                .object(["DomainName": .string(organization), "InitialDomain": .bool(true)]),
                .object(["DomainName": .string("contoso.example"), "Default": .bool(true)]),
                .object(["DomainName": .string("clinic.contoso.example")]),
            ]),
            "applications": .array([
                .object([
                    "clientId": .string(clientId), "clientSecret": .string(clientSecret),
                    "roles": .strings(["Exchange.ManageAsApp"]), "directoryRoles": .strings(["Exchange Administrator"]),
                ])
            ]),
            "inboundConnectors": parsed(inbound), "outboundConnectors": parsed(outbound),
            "transportRules": parsed(rules), "organizationConfig": parsed(#"{"RejectDirectSend": true}"#),
            "auditLatency": .number(120), "auditRecords": .array(records(now)), "mail": parsed(mail),
        ])
        return JSON.object(["tenants": .array([tenant])]).text
    }

    private static func parsed(_ text: String) -> JSON { (try? JSONReader.read(text)) ?? .null }

    private static func records(_ now: Date) -> [JSON] {
        let changes: [(days: Double, operation: String, object: String, value: (String, String), user: String)] = [
            (19, "New-InboundConnector", "Printers", ("SenderIPAddresses", "203.0.113.25"), "dana@contoso.example"),
            (
                6, "Set-OutboundConnector", "Fabrikam (forced TLS)", ("TlsSettings", "DomainValidation"),
                "dana@contoso.example"
            ),
            (1, "Set-InboundConnector", "Printers", ("SenderIPAddresses", "203.0.113.0/24"), "kim@contoso.example"),
        ]
        return changes.enumerated().map { number, change in
            .object([
                "CreationTime": .string(Timestamp.seconds(now.addingTimeInterval(-86_400 * change.days))),
                "Id": .string("00000000-0000-4000-8000-00000000000\(number + 1)"),
                "Operation": .string(change.operation), "RecordType": .number(1), "ResultStatus": .string("True"),
                "UserType": .number(2), "UserId": .string(change.user), "ClientIP": .string("198.51.100.17:51234"),
                "ObjectId": .string(change.object), "Workload": .string("Exchange"),
                "Parameters": .array([
                    .object(["Name": .string("Identity"), "Value": .string(change.object)]),
                    .object(["Name": .string(change.value.0), "Value": .string(change.value.1)]),
                ]),
            ])
        }
    }

    private static let inbound = #"""
        [{"Name": "Fabrikam (inbound)", "SenderDomains": ["smtp:fabrikam.example;1"], "RequireTls": true,
          "RestrictDomainsToCertificate": true, "TlsSenderCertificateName": "*.fabrikam.example"},
         {"Name": "Adatum (inbound)", "SenderDomains": ["smtp:adatum.example;1"], "RequireTls": true},
         {"Name": "Printers", "ConnectorType": "OnPremises", "ConnectorSource": "AdminUI", "SenderDomains": ["smtp:*;1"],
          "SenderIPAddresses": ["203.0.113.0/24"], "Comment": "scan to mail, third floor"},
         {"Name": "Inbound from 0f3f7a52-4a35-4f6b-9b6a-6d2f7f0b1c04", "ConnectorType": "OnPremises",
          "ConnectorSource": "HybridWizard", "SenderDomains": ["smtp:*;1"], "RequireTls": true,
          "TlsSenderCertificateName": "mail.contoso.example", "CloudServicesMailEnabled": true}]
        """#

    private static let outbound = #"""
        [{"Name": "Fabrikam (forced TLS)", "RecipientDomains": ["fabrikam.example", "*.fabrikam.example"],
          "TlsSettings": "DomainValidation", "TlsDomain": "*.fabrikam.example"},
         {"Name": "Adatum", "RecipientDomains": ["adatum.example"], "TlsSettings": "EncryptionOnly"},
         {"Name": "Court relay", "UseMXRecord": false, "SmartHosts": ["relay.court.example"], "IsTransportRuleScoped": true,
          "TlsSettings": "CertificateValidation"},
         {"Name": "Outbound to 0f3f7a52-4a35-4f6b-9b6a-6d2f7f0b1c04", "ConnectorType": "OnPremises",
          "ConnectorSource": "HybridWizard", "UseMXRecord": false, "SmartHosts": ["mail.contoso.example"],
          "RecipientDomains": ["clinic.contoso.example"], "TlsSettings": "DomainValidation",
          "TlsDomain": "mail.contoso.example", "CloudServicesMailEnabled": true}]
        """#

    private static let rules = #"""
        [{"Name": "Court mail through the relay", "RecipientDomainIs": ["court.example"],
          "SentToScope": "NotInOrganization", "RouteMessageOutboundConnector": "Court relay"}]
        """#

    private static let mail = #"""
        {"historyHours": 168, "routingDelay": 300, "trace": {"lag": [300, 900]},
         "partners": [
           {"domain": "fabrikam.example", "hosts": [
             {"name": "mx1.fabrikam.example", "certificateNames": ["*.fabrikam.example"]},
             {"name": "mx2.fabrikam.example", "certificateNames": ["*.fabrikam.example"]}]},
           {"domain": "adatum.example", "hosts": ["mail.adatum.example"]}],
         "servers": ["relay.court.example", "mail.contoso.example"],
         "faults": [{"fault": "greylisting", "domain": "adatum.example", "share": 0.2},
                    {"fault": "unknown-user", "share": 0.01}],
         "traffic": [
           {"domain": "fabrikam.example", "perHour": 20, "recipients": 2},
           {"domain": "adatum.example", "perHour": 5, "forwarded": 0.1},
           {"domain": "court.example", "perHour": 1},
           {"domain": "fabrikam.example", "direction": "inbound", "perHour": 12, "certificateName": "mx1.fabrikam.example"},
           {"domain": "adatum.example", "direction": "inbound", "perHour": 4}]}
        """#

    /// The port that the simulator of this tenant listens on unless told otherwise: what is printed can then be written down.
    package static let port = 8925

    /// What to paste: the first commands of a new operator.
    ///
    /// - Parameter url: Where the simulator answers.
    package static func instructions(url: String) -> String {
        let address = url == "http://127.0.0.1:\(port)" ? "" : " --simulator \(url)"
        return """
            In a second terminal, a configuration and a repository:

                mitregate init --demo\(address) try

            In a third, the mail servers of partners, until Ctrl-C:

                mitregate-lab try/mitregate.yaml

            In the second again, what the first partner's definition would do, and just that:

                cd try
                mitregate plan --out first.plan
                mitregate apply first.plan

            Another administrator weakens it by hand:

                \(handEdit(url).replacing("\n", with: "\n    "))

            That is seen, put right, and then the first run is taken back; RUN is what apply printed:

                mitregate drift
                mitregate apply --auto-approve
                mitregate rollback RUN --auto-approve --accept-weaker

            For a controller that watches mail, a partner whose servers lose their encryption:

                curl \(url)/simulator/tenant -d '{"tenant": "\(organization)", "mail": {"faults": [{"fault": \
            "starttls-gone", "domain": "fabrikam.example"}]}}'

            """
    }

    private static func handEdit(_ url: String) -> String {
        """
        curl \(url)/simulator/edit -d '{"tenant": "\(organization)", "userId": "kim@contoso.example",
          "cmdlet": "Set-OutboundConnector", "parameters": {"Identity": "Forced TLS to litware",
          "TlsSettings": "EncryptionOnly", "TlsDomain": null}}'
        """
    }
}
