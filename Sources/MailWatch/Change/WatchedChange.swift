package import Connectors

/// What a run did to one connector, and to the rules that lead mail into it.
///
/// Images hold the fields that decide about mail, and no others: no comment, no address of a test recipient.
package struct WatchedChange: Hashable, Sendable, Codable {
    /// One object before and after the run.
    package struct Object: Hashable, Sendable, Codable {
        package var key: ConnectorKey
        /// The tenant's own identity for it; after a delete the former one.
        package var guid: String
        package var displayName: String
        /// `nil` when the run created it.
        package var before: Settings?
        /// `nil` when the run deleted it.
        package var after: Settings?
        /// Its name before the run, where that renamed it.
        package var formerName: String?
        /// Whether it is a rule with conditions, exceptions or actions that no definition can say.
        package var hasOtherParts = false

        package init(key: ConnectorKey, guid: String, displayName: String, before: Settings?, after: Settings?) {
            self.key = key
            self.guid = guid
            self.displayName = displayName
            self.before = Self.image(of: before, key.kind)
            self.after = Self.image(of: after, key.kind)
        }

        static func image(of settings: Settings?, _ kind: ConnectorKind) -> Settings? {
            guard let full = settings?.overDefaults(of: kind) else { return nil }
            var image: Settings = [:]
            for name in WatchedFields.names(of: kind) {
                if let value = full[name], let field = kind.field(name) { image[name] = field.normal(value) }
            }
            return image
        }

        /// The fields in which the images differ; all of them for an object that came, went, or was switched.
        package var changedFields: Set<String> {
            guard let before, let after else { return Set(WatchedFields.names(of: key.kind)) }
            return Set(WatchedFields.names(of: key.kind).filter { before[$0] != after[$0] })
        }
    }

    package var connector: Object
    /// The run's transport rules that lead to the connector, before or after.
    package var rules: [Object]

    package init(connector: Object, rules: [Object] = []) {
        self.connector = connector
        self.rules = rules
    }
}

/// The fields that decide about mail, by kind.
enum WatchedFields {
    static func names(of kind: ConnectorKind) -> [String] {
        switch kind {
        case .outboundConnector:
            [
                "enabled", "testMode", "connectorType", "recipientDomains", "isTransportRuleScoped",
                "allAcceptedDomains", "useMXRecord", "smartHosts", "tlsSettings", "tlsDomain", "mtaStsMode",
                "smtpDaneMode", "routeAllMessagesViaOnPremises", "cloudServicesMailEnabled",
            ]
        case .inboundConnector:
            [
                "enabled", "connectorType", "senderDomains", "requireTls", "tlsSenderCertificateName",
                "restrictDomainsToCertificate", "senderIPAddresses", "restrictDomainsToIPAddresses",
            ]
        case .transportRule:
            [
                "enabled", "mode", "routeMessageOutboundConnector", "routeMessageOutboundRequireTls",
                "recipientDomainIs", "fromScope", "sentToScope",
            ]
        }
    }
}
