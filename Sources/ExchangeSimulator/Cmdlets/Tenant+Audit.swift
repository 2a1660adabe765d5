import FoundationEssentials

/// Writing the unified audit log, and searching it. Section 8.
extension Tenant {
    /// - Parameter object: The name at that time, as the log keeps it.
    mutating func record(
        _ operation: String,
        object: String,
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) {
        var data = JSONObject([
            "CreationTime": .string(Timestamp.seconds(context.now)), "Id": .string(context.random.uuid()),
            "Operation": .string(operation), "OrganizationId": .string(tenantId), "RecordType": .number(1),
            "ResultStatus": .string("True"),
        ])
        switch context.actor {
        case .administrator(let userId):
            data["UserKey"] = .string("10032000ABCDEF01")
            data["UserType"] = .number(2)
            data["UserId"] = .string(userId)
        case .application(let clientId, let objectId):
            // How a change by an application fills these was not seen; this follows the attribution of section 8.2.
            data["UserKey"] = .string(objectId)
            data["UserType"] = .number(6)
            data["UserId"] = .string("NT SERVICE\\MSExchangeAdminApiNetCore")
            data["AppId"] = .string(clientId)
            data["AppAccessContext"] = .object(["ClientAppId": .string(clientId)])
            data["TokenObjectId"] = .string(objectId)
            data["TokenTenantId"] = .string(tenantId)
        }
        let rest: KeyValuePairs<String, JSON> = [
            "Version": .number(1), "Workload": .string("Exchange"), "ClientIP": .string("203.0.113.9:51234"),
            "ObjectId": .string(object), "ExternalAccess": .bool(false), "OrganizationName": .string(organization),
            "OriginatingServer": .string("DB9PR01MB0001 (15.20.0000.000)"),
            "Parameters": .array(parameters.members.filter { !$0.name.contains("@") }.map(Self.auditParameter)),
            "ModifiedProperties": .array([]),
        ]
        for (name, value) in rest { data[name] = value }
        audit.append(AuditRecord(data: data, time: context.now))
    }

    /// All values are texts there, several joined to one.
    ///
    /// Section 8.2.
    private static func auditParameter(_ member: JSONObject.Member) -> JSON {
        let text =
            switch member.value {
            case .null: ""
            case .bool(let flag): flag ? "True" : "False"
            case .string(let text): text
            case .array(let values): values.map { $0.string ?? $0.text }.joined(separator: ",")
            case .number, .object: member.value.text
            }
        return .object(["Name": .string(member.name), "Value": .string(text)])
    }

    /// What can be found by now; the log lags behind.
    ///
    /// Section 8.4.
    func visibleAudit(now: Date) -> [AuditRecord] {
        guard isAuditingOn else { return [] }
        return audit.filter { $0.time.addingTimeInterval(Double(auditLatency)) <= now }
    }

    private static let searchParameters = [
        "StartDate", "EndDate", "RecordType", "Operations", "ObjectIds", "UserIds", "ResultSize", "SessionId",
        "SessionCommand", "Formatted", "FreeText", "IPAddresses", "HighCompleteness",
    ]

    /// Search-UnifiedAuditLog.
    ///
    /// Section 8.1.
    mutating func searchUnifiedAuditLog(
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(parameters, properties: [], others: Self.searchParameters)
        guard let start = bound.others["StartDate"]?.string.flatMap(Timestamp.date),
            let end = bound.others["EndDate"]?.string.flatMap(Timestamp.date)
        else { throw .missingParameters(["StartDate", "EndDate"]) }
        let size = bound.others["ResultSize"]?.int ?? 100
        guard (1...5000).contains(size) else { throw .validation("ResultSize must be between 1 and 5000.") }
        var found = visibleAudit(now: context.now).filter { $0.time >= start && $0.time < end }
        if let type = bound.others["RecordType"]?.string, !type.isSame(ignoringCase: "ExchangeAdmin") { found = [] }
        found = found.filter { Self.matches($0.operation, bound.others["Operations"]) }
        found = found.filter { Self.matches($0.objectId, bound.others["ObjectIds"]) }
        found = found.filter { Self.matches($0.userId, bound.others["UserIds"]) }
        // One command sorts by newest, the other promises no order.
        let command = bound.others["SessionCommand"]?.string ?? ""
        if command.isSame(ignoringCase: "ReturnLargeSet") {
            found.shuffle(using: &context.random)
        } else {
            found.reverse()
        }
        let count = found.count
        let offset = page(bound, command, size: size, records: &found)
        return CmdletResult(
            rows: found.enumerated().map { $0.element.row(index: offset + $0.offset + 1, count: count) }
        )
    }

    private static func matches(_ text: String, _ wanted: JSON?) -> Bool {
        guard let wanted = wanted?.strings, !wanted.isEmpty else { return true }
        return wanted.contains { $0.isSame(ignoringCase: text) }
    }

    /// The next page of a session, which remembers what its first call found; without a session the first page.
    private mutating func page(
        _ bound: BoundParameters,
        _ command: String,
        size: Int,
        records: inout [AuditRecord]
    ) -> Int {
        guard let session = bound.others["SessionId"]?.string else {
            records = Array(records.prefix(size))
            return 0
        }
        let key = "\(session)/\(command.asciiLowercased)"
        var state = auditSessions[key] ?? AuditSession(records: records)
        let offset = state.offset
        records = Array(state.records.dropFirst(offset).prefix(size))
        state.offset += records.count
        auditSessions[key] = state
        return offset
    }
}

/// A search that is read page by page.
struct AuditSession: Sendable {
    let records: [AuditRecord]
    var offset = 0
}
