/// What decides on trust as well as the connectors: which of them are blocked, whether anything is audited, what the
/// organization refuses. Sections 7.2, 8.5 and 10.
extension Tenant {
    /// Connectors that are restricted entities; no row where none is.
    func getBlockedConnector(_ parameters: JSONObject) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(parameters, properties: [], others: ["ConnectorId"])
        let wanted = bound.others["ConnectorId"]?.string
        return CmdletResult(
            rows: blockedConnectors.filter { row in
                wanted.map { row["ConnectorId"]?.string?.isSame(ignoringCase: $0) ?? false } ?? true
            }
        )
    }

    /// Lifts the block of one connector.
    mutating func removeBlockedConnector(
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(parameters, properties: [], others: ["ConnectorId", "Reason"])
        guard let id = bound.others["ConnectorId"]?.string else { throw .missingParameters(["ConnectorId"]) }
        let isThis = { (row: JSONObject) in row["ConnectorId"]?.string?.isSame(ignoringCase: id) ?? false }
        guard blockedConnectors.contains(where: isThis) else { throw .notFound(id, server: server) }
        if bound.isWhatIf { return Self.whatIf("Removing BlockedConnector", id) }
        blockedConnectors.removeAll(where: isThis)
        record("Remove-BlockedConnector", object: id, parameters, &context)
        return CmdletResult(changed: true)
    }

    /// Set-OrganizationConfig, as far as it concerns connectors.
    mutating func setOrganizationConfig(
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(parameters, properties: [], others: ["RejectDirectSend"])
        guard let value = bound.others["RejectDirectSend"], value.bool != nil else {
            throw .missingParameters(["RejectDirectSend"])
        }
        if bound.isWhatIf { return Self.whatIf("Setting OrganizationConfig", organization) }
        organizationConfig["RejectDirectSend"] = value
        record("Set-OrganizationConfig", object: organization, parameters, &context)
        return CmdletResult(changed: true)
    }

    /// Section 8.5; only the member that the section names is known.
    func getAdminAuditLogConfig(_ parameters: JSONObject) throws(CmdletError) -> CmdletResult {
        _ = try BoundParameters(parameters, properties: [], others: [])
        return CmdletResult(rows: [JSONObject(["UnifiedAuditLogIngestionEnabled": .bool(isAuditingOn)])])
    }

    /// Switches the audit log on or off; that itself is recorded only while it is on.
    mutating func setAdminAuditLogConfig(
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(parameters, properties: [], others: ["UnifiedAuditLogIngestionEnabled"])
        guard let isOn = bound.others["UnifiedAuditLogIngestionEnabled"]?.bool else {
            throw .missingParameters(["UnifiedAuditLogIngestionEnabled"])
        }
        if bound.isWhatIf { return Self.whatIf("Setting AdminAuditLogConfig", organization) }
        record("Set-AdminAuditLogConfig", object: organization, parameters, &context)
        isAuditingOn = isOn
        return CmdletResult(changed: true)
    }
}
