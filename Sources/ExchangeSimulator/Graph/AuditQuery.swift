import FoundationEssentials

/// An audit search that Graph runs as a job.
///
/// Section 8.3.
struct AuditQuery: Sendable {
    let id: String
    let tenantId: String
    /// As it was asked for.
    let request: JSONObject
    /// How often its state was asked for: it is notStarted, then running, then succeeded.
    var polls = 0

    var status: String {
        switch polls {
        case 0: "notStarted"
        case 1: "running"
        default: "succeeded"
        }
    }

    var json: JSON {
        var body = request
        body["id"] = .string(id)
        body["status"] = .string(status)
        return .object(body)
    }

    func matches(_ record: AuditRecord) -> Bool {
        let date = { (name: String) in request[name]?.string.flatMap(Timestamp.date) }
        if let start = date("filterStartDateTime"), record.time < start { return false }
        if let end = date("filterEndDateTime"), record.time >= end { return false }
        let isIn = { (text: String, name: String) in
            let wanted = request[name]?.strings ?? []
            return wanted.isEmpty || wanted.contains { $0.isSame(ignoringCase: text) }
        }
        return isIn("exchangeAdmin", "recordTypeFilters") && isIn(record.operation, "operationFilters")
            && isIn(record.userId, "userPrincipalNameFilters") && isIn(record.objectId, "objectIdFilters")
    }
}

extension AuditRecord {
    /// Requests take camelCase record types, answers come in PascalCase.
    ///
    /// Section 8.3.
    var graphJSON: JSON {
        .object([
            "id": .string(id), "createdDateTime": .string(Timestamp.seconds(time) + "Z"),
            "auditLogRecordType": .string("ExchangeAdmin"), "operation": .string(operation),
            "organizationId": data["OrganizationId"] ?? .null, "userType": .string("Admin"),
            "userId": .string(userId), "service": .string("Exchange"), "objectId": .string(objectId),
            "userPrincipalName": .string(userId), "clientIp": data["ClientIP"] ?? .null, "auditData": .object(data),
        ])
    }
}
