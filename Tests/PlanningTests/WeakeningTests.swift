import Connectors
import Planning
import TestSupport
import Testing

/// Rule 5: no weakening passes unremarked, told by a plain order of security that shares no code with the risk rules.
struct WeakeningTests {
    /// For some mail, how much an object demands: higher is stricter, and trust counts against it.
    private typealias Strength = [String: Int]

    private static let domains = ["a.example", "b.a.example", "c.example", "d.c.example"]
    private static let addresses = ["192.0.2.1", "192.0.2.77", "192.0.2.200", "198.51.100.9"]

    private static func isMatched(_ domain: String, _ patterns: [String]) -> Bool {
        patterns.contains { $0 == "*" || $0 == domain || ($0.hasPrefix("*.") && domain.hasSuffix($0.dropFirst(1))) }
    }

    private static func isInside(_ address: String, _ networks: [String]) -> Bool {
        networks.contains { network in
            if network == address { return true }
            guard let slash = network.firstIndex(of: "/") else { return false }
            let base = network[..<slash].split(separator: ".").compactMap { Int($0) }
            let own = address.split(separator: ".").compactMap { Int($0) }
            guard base[0...2] == own[0...2], let bits = Int(network[network.index(after: slash)...]) else {
                return false
            }
            let size = 1 << (32 - bits)
            return own[3] >= base[3] && own[3] < base[3] + size
        }
    }

    private static func text(_ settings: Settings, _ field: String) -> String? {
        if case .text(let text)? = settings[field], !text.isEmpty { return text }
        return nil
    }

    private static func outbound(_ settings: Settings?) -> Strength {
        var strength: Strength = [:]
        guard let settings, settings["enabled"] != false, settings["testMode"] != true else {
            for domain in domains {
                strength["tls \(domain)"] = 0
                strength["policies"] = 3
            }
            return strength
        }
        let levels = ["EncryptionOnly": 1, "CertificateValidation": 2, "DomainValidation": 3]
        for domain in domains {
            let isTaken =
                settings["isTransportRuleScoped"] != true
                && isMatched(domain, settings["recipientDomains"]?.strings ?? [])
            strength["tls \(domain)"] = isTaken ? levels[text(settings, "tlsSettings") ?? ""] ?? 0 : 0
            let name = text(settings, "tlsDomain") ?? ""
            if isTaken, levels[text(settings, "tlsSettings") ?? ""] == 3 {
                strength["name \(domain)"] = name.hasPrefix("*") ? 0 : 1
            }
        }
        let dane = ["None": 0, "Opportunistic": 1, "Mandatory": 2]
        strength["policies"] =
            (text(settings, "mtaStsMode") == "None" ? 0 : 2) + (dane[text(settings, "smtpDaneMode") ?? ""] ?? 1)
        return strength
    }

    private static func inbound(_ settings: Settings?) -> Strength {
        var strength: Strength = [:]
        let settings = settings?["enabled"] == false ? nil : settings
        let isOwn = settings.map { text($0, "connectorType") == "OnPremises" } ?? false
        let senders = settings?["senderDomains"]?.strings ?? []
        let networks = settings?["senderIPAddresses"]?.strings ?? []
        for domain in domains {
            let applies = !isOwn && isMatched(domain, senders)
            strength["tls \(domain)"] = applies && settings?["requireTls"] == true ? 1 : 0
            let byCertificate = settings?["restrictDomainsToCertificate"] == true
            let byAddress = settings?["restrictDomainsToIPAddresses"] == true
            strength["binding \(domain)"] = !applies ? 0 : byCertificate ? 2 : byAddress ? 1 : 0
            if applies && byAddress && !byCertificate {
                for address in addresses { strength["open \(domain) \(address)"] = isInside(address, networks) ? 0 : 1 }
            }
        }
        for address in addresses { strength["trust \(address)"] = isOwn && isInside(address, networks) ? 0 : 1 }
        strength["trust"] = isOwn ? 0 : 1
        strength["inside"] = isOwn && settings?["treatMessagesAsInternal"] == true ? 0 : 1
        strength["headers"] = isOwn && settings?["cloudServicesMailEnabled"] == true ? 0 : 1
        return strength
    }

    private static func rule(_ settings: Settings?) -> Strength {
        var strength: Strength = [:]
        let acts = settings.map { $0["enabled"] != false && (text($0, "mode") ?? "Enforce") == "Enforce" } ?? false
        for domain in domains {
            let wanted = settings?["recipientDomainIs"]?.strings ?? []
            let matches = wanted.isEmpty || wanted.contains { domain == $0 || domain.hasSuffix(".\($0)") }
            strength["tls \(domain)"] =
                acts && matches && settings?["routeMessageOutboundRequireTls"] == true ? 1 : 0
        }
        return strength
    }

    private static func isWeaker(_ kind: ConnectorKind, _ before: Settings?, _ after: Settings?) -> Bool {
        let (old, new) =
            switch kind {
            case .outboundConnector: (outbound(before), outbound(after))
            case .inboundConnector: (inbound(before), inbound(after))
            case .transportRule: (rule(before), rule(after))
            }
        return old.contains { key, value in new[key].map { $0 < value } ?? false }
    }

    @Test(arguments: ConnectorKind.allCases) func `every weakening is high, and held`(_ kind: ConnectorKind) {
        var random = SeededRandom(7)
        var weakened = 0
        for _ in 0..<700 {
            let slug = "x"
            let before =
                Bool.random(using: &random) || Bool.random(using: &random)
                ? RandomTenant.object(kind, slug, &random) : nil
            let after =
                before == nil || Int.random(in: 0..<8, using: &random) > 0
                ? RandomTenant.object(kind, slug, &random) : nil
            let filler = DesiredConnector.rule("filler")
            let plan = planned(
                [filler, after].compactMap { $0 },
                [filler, before].compactMap { $0?.observed() },
                [filler, before].compactMap { $0?.applied() },
                policy: TenantPolicy(prune: .delete)
            )
            let isWeaker = Self.isWeaker(
                kind,
                before.map { $0.settings.overDefaults(of: kind) },
                after.map {
                    ($0.settings).merging(
                        before?.settings.overDefaults(of: kind).filter { entry in
                            before?.settings[entry.key] == nil
                        } ?? [:]
                    ) { own, _ in own }.overDefaults(of: kind)
                }
            )
            guard isWeaker else { continue }
            weakened += 1
            let risk = plan.changes.first?.risk
            #expect(risk == .high, "\(String(describing: before?.settings)) -> \(String(describing: after?.settings))")
            #expect(plan.guardIDs.contains("approval-missing"))
            if risk != .high { return }
        }
        #expect(weakened > 100)
    }
}
