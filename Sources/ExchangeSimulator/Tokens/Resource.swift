/// What a token is for; one token serves one resource.
///
/// Section 1.1.
enum Resource: Sendable {
    case exchange, graph, activity

    /// Roots of the clouds in section 1.5, and the resources' application ids.
    var roots: [String] {
        switch self {
        case .exchange:
            [
                "https://outlook.office365.com", "https://outlook.office365.us", "https://outlook-dod.office365.us",
                "https://webmail.apps.mil", "https://partner.outlook.cn", "https://outlook.office365.cn",
                "00000002-0000-0ff1-ce00-000000000000",
            ]
        case .graph:
            [
                "https://graph.microsoft.com", "https://graph.microsoft.us", "https://dod-graph.microsoft.us",
                "https://microsoftgraph.chinacloudapi.cn", "00000003-0000-0000-c000-000000000000",
            ]
        case .activity:
            [
                "https://manage.office.com", "https://manage-gcc.office.com", "https://manage.office365.us",
                "https://manage.protection.apps.mil", "c5393580-f805-4401-95e8-94b7a6ef2fc2",
            ]
        }
    }

    /// - Parameter root: A scope without `/.default`, or the audience of a token; a slash at the end doesn't matter.
    init?(root: String) {
        let plain = root.hasSuffix("/") ? String(root.dropLast()) : root
        let all = [Resource.exchange, .graph, .activity]
        guard let found = all.first(where: { $0.roots.contains(plain.asciiLowercased) }) else { return nil }
        self = found
    }

    /// Whether an application permission belongs to this resource; the names of most begin with the resource's.
    ///
    /// Sections 1.3 and 8.6.
    func has(role: String) -> Bool {
        if role.hasPrefix("Exchange.") || role == "full_access_as_app" { return self == .exchange }
        return self == (role.hasPrefix("ActivityFeed.") ? .activity : .graph)
    }
}
