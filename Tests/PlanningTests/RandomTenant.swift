import Connectors
import Planning
import TestSupport

/// Valid definitions at random, from few names and few domains, so that they meet.
enum RandomTenant {
    /// One object that Exchange would take as it is.
    static func object(_ kind: ConnectorKind, _ slug: String, _ random: inout SeededRandom) -> DesiredConnector {
        while true {
            let name = Bool.random(using: &random) ? slug : "\(slug) (new)"
            var candidate: DesiredConnector
            switch kind {
            case .inboundConnector: candidate = .inbound(slug, name: name, inbound(&random))
            case .outboundConnector: candidate = .outbound(slug, name: name, outbound(&random))
            case .transportRule: candidate = .rule(slug, name: name, rule(&random))
            }
            candidate.settings = thinned(candidate.settings, &random)
            let violations = ExchangeRules.violations(
                kind,
                displayName: name,
                settings: candidate.settings.overDefaults(of: kind)
            )
            if violations.allSatisfy({ $0.severity == .warning }) { return candidate }
        }
    }

    /// A set of definitions with distinct names; rules lead to connectors that are there.
    static func connectors(_ random: inout SeededRandom) -> [DesiredConnector] {
        var result: [DesiredConnector] = []
        for number in 0..<4 {
            for kind in [ConnectorKind.inboundConnector, .outboundConnector] where Bool.random(using: &random) {
                result.append(object(kind, "c\(number)", &random))
            }
        }
        let targets = result.filter {
            $0.kind == .outboundConnector && $0.settings["isTransportRuleScoped"] == true
                && $0.settings["enabled"] != false
        }
        for number in 0..<3 where Bool.random(using: &random) {
            var rule = object(.transportRule, "r\(number)", &random)
            if let target = targets.randomElement(using: &random) {
                rule.settings["routeMessageOutboundConnector"] = .text(target.key.name)
            }
            result.append(rule)
        }
        return result
    }

    /// Without some fields that the definition need not have.
    private static func thinned(_ settings: Settings, _ random: inout SeededRandom) -> Settings {
        var result: Settings = [:]
        for name in settings.keys where Int.random(in: 0..<5, using: &random) > 0 {
            result[name] = settings[name]
        }
        return result
    }

    private static func pick(_ words: [String], _ random: inout SeededRandom) -> FieldValue {
        .text(words.randomElement(using: &random) ?? "")
    }

    private static func some(_ words: [String], _ random: inout SeededRandom) -> FieldValue {
        .list(words.filter { _ in Bool.random(using: &random) })
    }

    private static let domains = ["a.example", "*.a.example", "b.a.example", "c.example", "*.c.example", "*"]

    private static func outbound(_ random: inout SeededRandom) -> Settings {
        let level =
            ["", "EncryptionOnly", "CertificateValidation", "DomainValidation"].randomElement(using: &random) ?? ""
        let isScoped = Int.random(in: 0..<3, using: &random) == 0
        let usesMX = Bool.random(using: &random)
        return [
            "enabled": .boolean(Int.random(in: 0..<5, using: &random) > 0),
            "recipientDomains": isScoped ? [] : some(domains, &random),
            "isTransportRuleScoped": .boolean(isScoped),
            "useMXRecord": .boolean(usesMX),
            "smartHosts": usesMX ? [] : some(["filter.example", "mail.example"], &random),
            "tlsSettings": level.isEmpty ? .none : .text(level),
            "tlsDomain": level == "DomainValidation"
                ? pick(["mx.a.example", "*.a.example", "mx.c.example"], &random) : .none,
            "mtaStsMode": pick(["Opportunistic", "None"], &random),
            "smtpDaneMode": pick(["Opportunistic", "None", "Mandatory"], &random),
            "testMode": .boolean(Int.random(in: 0..<8, using: &random) == 0),
            "validationRecipients": some(["tls@a.example", "tls@c.example"], &random),
            "comment": pick(["", "one", "two"], &random),
        ]
    }

    private static func inbound(_ random: inout SeededRandom) -> Settings {
        let isOwn = Int.random(in: 0..<3, using: &random) == 0
        let byCertificate = Bool.random(using: &random)
        let byAddress = !byCertificate && Bool.random(using: &random)
        let networks = ["192.0.2.1", "192.0.2.0/25", "192.0.2.0/24", "198.51.100.9"]
        return [
            "enabled": .boolean(Int.random(in: 0..<5, using: &random) > 0),
            "connectorType": isOwn ? "OnPremises" : "Partner",
            "senderDomains": some(domains, &random),
            "requireTls": .boolean(byCertificate || Bool.random(using: &random)),
            "tlsSenderCertificateName": byCertificate ? pick(["mx.a.example", "*.a.example"], &random) : .none,
            "restrictDomainsToCertificate": .boolean(byCertificate && !isOwn),
            "senderIPAddresses": byAddress || Bool.random(using: &random) ? some(networks, &random) : [],
            "restrictDomainsToIPAddresses": .boolean(byAddress && !isOwn),
            "treatMessagesAsInternal": .boolean(isOwn && Bool.random(using: &random)),
            "efSkipIPs": some(["192.0.2.1"], &random),
        ]
    }

    private static func rule(_ random: inout SeededRandom) -> Settings {
        [
            "enabled": .boolean(Int.random(in: 0..<5, using: &random) > 0),
            "routeMessageOutboundRequireTls": true,
            "recipientDomainIs": some(["a.example", "b.a.example", "c.example"], &random),
            "mode": pick(["Enforce", "Audit"], &random),
            "sentToScope": Bool.random(using: &random) ? .none : "NotInOrganization",
            "stopRuleProcessing": .boolean(Bool.random(using: &random)),
        ]
    }
}
