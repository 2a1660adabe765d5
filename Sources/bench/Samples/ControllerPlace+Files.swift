/// What the place of a controller is made of, in files.
extension ControllerPlace {
    static func id(_ tenant: Int) -> String { "00000000-0000-0000-0000-\(100_000_000_000 + tenant)" }

    static func definition(_ tenant: Int, _ number: Int, note: String? = nil) -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: InboundConnector
        metadata: {name: partner-\(number)}
        spec:
          name: Partner \(number)
          enabled: true
          connectorType: Partner
          senderDomains: [p\(number).tenant\(tenant).example]
          requireTls: true
          restrictDomainsToCertificate: true
          tlsSenderCertificateName: mail.p\(number).tenant\(tenant).example
        \(note.map { "  comment: \($0)" } ?? "")

        """
    }

    static func seed(_ tenants: Int) -> String {
        let all = (0..<tenants).map { tenant in
            let connectors = (0..<Self.connectors).map { number in
                """
                {"Name": "Partner \(number)", "Enabled": true, "ConnectorType": "Partner",
                 "SenderDomains": ["p\(number).tenant\(tenant).example"], "RequireTls": true,
                 "RestrictDomainsToCertificate": true,
                 "TlsSenderCertificateName": "mail.p\(number).tenant\(tenant).example"}
                """
            }
            return """
                {"tenantId": "\(id(tenant))", "organization": "tenant\(tenant).onmicrosoft.com",
                 "acceptedDomains": [{"DomainName": "tenant\(tenant).onmicrosoft.com", "InitialDomain": true}],
                 "applications": [{"clientId": "\(Self.client)", "clientSecret": "\(Self.secret)",
                   "roles": ["Exchange.ManageAsApp"], "directoryRoles": ["Exchange Administrator"]}],
                 "inboundConnectors": [\(connectors.joined(separator: ","))]}
                """
        }
        return #"{"tenants": [\#(all.joined(separator: ","))]}"#
    }

    static func configuration(
        _ url: String,
        _ port: Int,
        _ tenants: Int,
        interval: String,
        forge: String? = nil
    ) -> String {
        let all = (0..<tenants).map { tenant in
            """
                  - name: tenant\(tenant)
                    path: tenants/tenant\(tenant)
                    tenantId: \(id(tenant))
                    organization: tenant\(tenant).onmicrosoft.com
                    credentials: {clientId: \(Self.client), clientSecret: {file: secret}}
                    endpoints: {login: "\(url)", exchange: "\(url)", graph: "\(url)"}
                    interval: \(interval)

            """
        }
        return """
            apiVersion: mitregate.dev/v1
            kind: Configuration
            sources:
              - name: mail-flow
                url: mail-flow
                branch: main\(forge.map { "\n    forge: {\($0)}" } ?? "")
                tenants:
            \(all.joined())store: {url: "sqlite:mitregate.db"}
            server: {listen: "127.0.0.1:\(port)", tokens: [{name: bench, token: {file: token}, may: [read, operate]}]}

            """
    }
}
