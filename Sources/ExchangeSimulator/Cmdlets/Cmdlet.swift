/// The cmdlets that the admin API runs here.
enum Cmdlet: Hashable, Sendable {
    case get(ObjectKind), new(ObjectKind), set(ObjectKind), remove(ObjectKind)
    case enableRule, disableRule
    case getAcceptedDomain, getOrganizationConfig, setOrganizationConfig
    case validateOutboundConnector
    case searchUnifiedAuditLog, getAdminAuditLogConfig, setAdminAuditLogConfig
    case getBlockedConnector, removeBlockedConnector
    case getMessageTrace, getMessageTraceDetail
    /// The cmdlets that the two above replaced.
    case getFirstMessageTrace, getFirstMessageTraceDetail

    static let all: [Cmdlet] =
        ObjectKind.allCases.flatMap { [.get($0), .new($0), .set($0), .remove($0)] } + [
            .enableRule, .disableRule, .getAcceptedDomain, .getOrganizationConfig, .validateOutboundConnector,
            .searchUnifiedAuditLog, .getAdminAuditLogConfig, .getBlockedConnector, .setOrganizationConfig,
            .setAdminAuditLogConfig, .removeBlockedConnector, .getMessageTrace, .getMessageTraceDetail,
            .getFirstMessageTrace, .getFirstMessageTraceDetail,
        ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name.asciiLowercased, $0) })

    /// - Parameter name: Letter case doesn't matter, as in PowerShell.
    init?(name: String) {
        guard let found = Self.byName[name.asciiLowercased] else { return nil }
        self = found
    }

    var name: String {
        switch self {
        case .get(let kind): "Get-\(kind.rawValue)"
        case .new(let kind): "New-\(kind.rawValue)"
        case .set(let kind): "Set-\(kind.rawValue)"
        case .remove(let kind): "Remove-\(kind.rawValue)"
        case .enableRule: "Enable-TransportRule"
        case .disableRule: "Disable-TransportRule"
        case .getAcceptedDomain: "Get-AcceptedDomain"
        case .getOrganizationConfig: "Get-OrganizationConfig"
        case .validateOutboundConnector: "Validate-OutboundConnector"
        case .searchUnifiedAuditLog: "Search-UnifiedAuditLog"
        case .getAdminAuditLogConfig: "Get-AdminAuditLogConfig"
        case .getBlockedConnector: "Get-BlockedConnector"
        case .setOrganizationConfig: "Set-OrganizationConfig"
        case .setAdminAuditLogConfig: "Set-AdminAuditLogConfig"
        case .removeBlockedConnector: "Remove-BlockedConnector"
        case .getMessageTrace: "Get-MessageTraceV2"
        case .getMessageTraceDetail: "Get-MessageTraceDetailV2"
        case .getFirstMessageTrace: "Get-MessageTrace"
        case .getFirstMessageTraceDetail: "Get-MessageTraceDetail"
        }
    }

    var right: Right {
        switch self {
        case .get, .getAcceptedDomain, .getOrganizationConfig, .getMessageTrace, .getMessageTraceDetail,
            .getFirstMessageTrace, .getFirstMessageTraceDetail:
            .readConfiguration
        case .new(let kind), .set(let kind), .remove(let kind):
            kind == .transportRule ? .writeRules : .writeConnectors
        case .enableRule, .disableRule: .writeRules
        case .validateOutboundConnector: .writeConnectors
        case .searchUnifiedAuditLog: .searchAuditLog
        case .getAdminAuditLogConfig, .getBlockedConnector: .readSecurity
        case .setOrganizationConfig, .setAdminAuditLogConfig, .removeBlockedConnector: .administer
        }
    }
}
