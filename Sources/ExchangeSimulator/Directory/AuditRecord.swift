import FoundationEssentials

/// One entry of the unified audit log.
///
/// Section 8.
struct AuditRecord: Sendable {
    /// The members of AuditData; on the wire they are one JSON text.
    let data: JSONObject
    let time: Date

    var operation: String { data["Operation"]?.string ?? "" }
    var objectId: String { data["ObjectId"]?.string ?? "" }
    var userId: String { data["UserId"]?.string ?? "" }
    var id: String { data["Id"]?.string ?? "" }

    /// The row of Search-UnifiedAuditLog.
    ///
    /// Section 8.1.
    func row(index: Int, count: Int) -> JSONObject {
        JSONObject([
            "RecordType": .string("ExchangeAdmin"),
            "CreationDate@data.type": .string("System.DateTime"),
            "CreationDate": .string(Timestamp.sevenDigits(time) + "Z"),
            "UserIds": .string(userId),
            "Operations": .string(operation),
            "AuditData": .string(JSON.object(data).text),
            "ResultIndex@data.type": .string("System.Int32"),
            "ResultIndex": .number(index),
            "ResultCount@data.type": .string("System.Int32"),
            "ResultCount": .number(count),
            "Identity": .string(id),
            "IsValid": .bool(true),
            "ObjectState": .string("Unchanged"),
        ])
    }
}
