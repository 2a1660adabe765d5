import Connectors

/// Where each cloud answers.
///
/// Source: the ScubaGear project's endpoint table. The hosts of DoD and China are told differently by different sources,
/// so `Endpoints` lets an operator override them.
extension Cloud {
    /// The host that issues tokens.
    var loginHost: String {
        switch self {
        case .worldwide: "login.microsoftonline.com"
        case .gccHigh, .dod: "login.microsoftonline.us"
        case .china: "login.partner.microsoftonline.cn"
        }
    }

    /// The host of the admin API, and the root of its scope.
    var exchangeHost: String {
        switch self {
        case .worldwide: "outlook.office365.com"
        case .gccHigh: "outlook.office365.us"
        case .dod: "outlook-dod.office365.us"
        case .china: "partner.outlook.cn"
        }
    }

    var graphHost: String {
        switch self {
        case .worldwide: "graph.microsoft.com"
        case .gccHigh: "graph.microsoft.us"
        case .dod: "dod-graph.microsoft.us"
        case .china: "microsoftgraph.chinacloudapi.cn"
        }
    }

    /// The host of the Management Activity API; a GCC tenant, which is in the worldwide cloud, has `manage-gcc.office.com`.
    ///
    /// Source: learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference.
    var activityHost: String? {
        switch self {
        case .worldwide: "manage.office.com"
        case .gccHigh: "manage.office365.us"
        case .dod: "manage.protection.apps.mil"
        case .china: nil
        }
    }

    /// Whether the unified audit log can be searched: not in the cloud run by 21Vianet.
    ///
    /// Source: learn.microsoft.com/powershell/module/exchangepowershell/search-unifiedauditlog.
    var hasAuditLog: Bool { self != .china }
}
