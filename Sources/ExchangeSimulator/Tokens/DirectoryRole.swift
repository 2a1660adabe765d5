/// Roles of Entra ID that Exchange heeds for applications, with their template ids.
///
/// Section 1.3.
///
/// The template ids of Global, Compliance and Helpdesk Administrator and of Exchange Recipient Administrator are general
/// knowledge; the other three are in the section.
enum DirectoryRole: String, CaseIterable, Sendable {
    case complianceAdministrator = "Compliance Administrator"
    case exchangeAdministrator = "Exchange Administrator"
    case exchangeRecipientAdministrator = "Exchange Recipient Administrator"
    case globalAdministrator = "Global Administrator"
    case globalReader = "Global Reader"
    case helpdeskAdministrator = "Helpdesk Administrator"
    case securityAdministrator = "Security Administrator"
    case securityReader = "Security Reader"

    var templateId: String {
        switch self {
        case .complianceAdministrator: "17315797-102d-40b4-93e0-432062caca18"
        case .exchangeAdministrator: "29232cdf-9323-42fd-ade2-1d097af3e4de"
        case .exchangeRecipientAdministrator: "31392ffb-586c-42d1-9346-e59415a2cc4e"
        case .globalAdministrator: "62e90394-69f5-4237-9190-012177145e10"
        case .globalReader: "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
        case .helpdeskAdministrator: "729827e3-9c14-49f7-bb1b-9608f156bbb8"
        case .securityAdministrator: "194ae4cb-b126-40b2-bd5b-6091b380977d"
        case .securityReader: "5d6b6bb7-de71-4623-b4af-96380a352509"
        }
    }

    /// Security Reader saw 403 on connectors and Global Reader 200; the rest is inferred.
    var rights: Set<Right> {
        switch self {
        case .exchangeAdministrator, .globalAdministrator: Set(Right.allCases)
        case .globalReader: [.readConfiguration, .searchAuditLog, .readSecurity]
        case .complianceAdministrator: [.searchAuditLog, .writeRules]
        case .securityAdministrator: [.searchAuditLog, .writeRules, .readSecurity]
        case .securityReader: [.readSecurity]
        case .exchangeRecipientAdministrator, .helpdeskAdministrator: []
        }
    }
}

/// What a cmdlet needs of its caller.
enum Right: CaseIterable, Sendable {
    case readConfiguration, writeConnectors, writeRules, searchAuditLog
    /// Whether auditing is on, and which connectors are blocked; Security Reader is enough.
    case readSecurity
    /// What changes the organization's own security; no client of ours has a use for it.
    case administer

    /// Management roles of section 1.3 and 8.1; "Transport Rules" is general knowledge.
    static func granted(by managementRole: String) -> Set<Right> {
        switch managementRole {
        case "View-Only Configuration": [.readConfiguration, .readSecurity]
        case "Remote and Accepted Domains": [.readConfiguration, .writeConnectors]
        case "Transport Rules": [.readConfiguration, .writeRules]
        case "Audit Logs", "View-Only Audit Logs": [.searchAuditLog]
        default: []
        }
    }
}
