/// What a request is counted under: few names and few statuses, whatever a server answers.
struct RequestLabel: Hashable {
    let cmdlet: String
    let status: String

    /// Cmdlets, lists of Graph, and the other things that are asked for, by the names that `ExchangeOnline` gives them.
    private static let known: Set<String> = [
        "Get-InboundConnector", "Get-OutboundConnector", "Get-TransportRule", "Get-AcceptedDomain",
        "Get-BlockedConnector", "Get-OrganizationConfig", "Get-AdminAuditLogConfig", "Search-UnifiedAuditLog",
        "Get-MessageTraceV2", "Get-MessageTraceDetailV2", "Validate-OutboundConnector", "New-InboundConnector",
        "Set-InboundConnector", "Remove-InboundConnector", "New-OutboundConnector", "Set-OutboundConnector",
        "Remove-OutboundConnector", "New-TransportRule", "Set-TransportRule", "Remove-TransportRule",
        "Enable-TransportRule", "Disable-TransportRule", "EXOModuleFile", "messageTraces", "applications", "token",
    ]
    private static let statuses: Set<Int> = [200, 400, 401, 403, 404, 429, 500, 502, 503, 504]

    init(_ name: String, status: Int?) {
        cmdlet = Self.known.contains(name) ? name : "other"
        self.status =
            switch status {
            case nil: "none"
            case let status? where Self.statuses.contains(status): "\(status)"
            case let status? where (100...599).contains(status): "\(status / 100)xx"
            default: "other"
            }
    }
}
