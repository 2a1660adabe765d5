import Connectors

/// The turns of phrase that risks and effects share: what is said of mail, in words that need no manual.
enum Phrase {
    /// `a`, `a and b`, `a, b and c`, `a, b and 7 more`; hostile characters are written out.
    static func list(_ words: [String], or: Bool = false) -> String {
        let safe = words.map(\.escapingControls)
        let last = or ? "or" : "and"
        switch safe.count {
        case 0: return "none"
        case 1: return safe[0]
        case 2, 3: return safe.dropLast().joined(separator: ", ") + " \(last) \(safe[safe.count - 1])"
        default: return "\(safe[0]), \(safe[1]) \(last) \(safe.count - 2) more"
        }
    }

    static func domains(_ patterns: [String]) -> String {
        patterns.contains("*") ? "every domain" : list(patterns)
    }

    /// The mail that an outbound connector takes.
    static func mail(to settings: NormalSettings) -> String {
        if settings.isOn("isTransportRuleScoped") { return "Mail that a transport rule leads to this connector" }
        if settings.isOn("allAcceptedDomains") { return "Mail to all accepted domains" }
        return "Mail to \(domains(settings.words("recipientDomains")))"
    }

    /// The mail that an inbound connector is about.
    static func mail(from settings: NormalSettings) -> String {
        "Mail from \(domains(settings.words("senderDomains")))"
    }

    /// The mail that a transport rule matches.
    static func mail(matching settings: NormalSettings) -> String {
        let domains = settings.words("recipientDomainIs")
        var text = domains.isEmpty ? "Mail" : "Mail to \(list(domains))"
        switch settings.word("fromScope") {
        case "InOrganization": text += " from inside the organization"
        case "NotInOrganization": text += " from outside the organization"
        default: break
        }
        switch settings.word("sentToScope") {
        case "InOrganization": text += domains.isEmpty ? " to inside recipients" : " inside the organization"
        case "NotInOrganization": text += domains.isEmpty ? " to outside recipients" : " outside the organization"
        case "ExternalPartner": text += " to external partners"
        case "ExternalNonPartner": text += " to outside recipients that are no partners"
        default: break
        }
        return text == "Mail" ? "All mail" : text
    }

    static func route(of settings: NormalSettings) -> String {
        settings.isOn("useMXRecord")
            ? "the mail servers that each domain names (MX)" : list(settings.words("smartHosts"))
    }
}
