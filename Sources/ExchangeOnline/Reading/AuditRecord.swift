package import FoundationEssentials

/// One change to a connector or rule, as the unified audit log tells it.
package struct AuditRecord: Hashable, Sendable, Codable {
    /// The log's own id of the record.
    package var id: String
    package var at: Date
    /// Who made the change: a user name, or the application's id where no user did.
    package var user: String
    /// The cmdlet: `Set-OutboundConnector`.
    package var operation: String
    /// The object's name at that time, or its GUID, as the caller wrote it.
    package var objectName: String
    /// The cmdlet's parameters; the log keeps all values as text, lists joined.
    package var parameters: [String: String]
    /// Whether our own application made the change.
    package var isOurs: Bool
    /// False where the cmdlet was tried and failed.
    package var succeeded: Bool
    package var clientIP: String?

    package init(
        id: String,
        at: Date,
        user: String,
        operation: String,
        objectName: String,
        parameters: [String: String] = [:],
        isOurs: Bool = false,
        succeeded: Bool = true,
        clientIP: String? = nil
    ) {
        self.id = id
        self.at = at
        self.user = user
        self.operation = operation
        self.objectName = objectName
        self.parameters = parameters
        self.isOurs = isOurs
        self.succeeded = succeeded
        self.clientIP = clientIP
    }
}
