/// Definitions as `mitregate import` and a careful author would write them: 25 lines each.
enum SampleDefinition {
    /// The two connectors of a partner in turn: an even number is the way out, the odd one behind it the way in.
    static func text(_ number: Int, of tenant: String, comment: String = "Agreed with the partner") -> String {
        let domain = "p\(number / 2).\(tenant).example"
        return number.isMultiple(of: 2)
            ? outbound(number, domain, comment)
            : inbound(number, domain, comment)
    }

    private static func head(_ kind: String, _ number: Int) -> String {
        """
        # yaml-language-server: $schema=../../schemas/\(kind.lowercased()).schema.json
        apiVersion: mitregate.dev/v1
        kind: \(kind)
        metadata:
          name: partner-\(number)
          labels:
            owner: mail-team
            ticket: MAIL-\(1000 + number)
        spec:
          name: Partner \(number / 2) (\(number.isMultiple(of: 2) ? "to them" : "from them"))

        """
    }

    private static func outbound(_ number: Int, _ domain: String, _ comment: String) -> String {
        head("OutboundConnector", number) + """
              comment: \(comment)
              enabled: true
              connectorType: Partner
              recipientDomains:
                - \(domain)
                - "*.\(domain)"
              isTransportRuleScoped: false
              useMXRecord: false
              smartHosts:
                - mx1.\(domain)
                - mx2.\(domain)
              tlsSettings: DomainValidation
              tlsDomain: "*.\(domain)"
              validationRecipients:
                - tls-test@\(domain)

            """
    }

    private static func inbound(_ number: Int, _ domain: String, _ comment: String) -> String {
        head("InboundConnector", number) + """
              comment: \(comment)
              enabled: true
              connectorType: Partner
              senderDomains:
                - \(domain)
                - "*.\(domain)"
              requireTls: true
              restrictDomainsToCertificate: true
              tlsSenderCertificateName: "*.\(domain)"
              restrictDomainsToIPAddresses: false
              cloudServicesMailEnabled: false
              treatMessagesAsInternal: false
              efSkipLastIP: false
              efSkipIPs: []
              efUsers: []

            """
    }
}
