package import Connectors
package import FoundationEssentials

/// One change to a connector or rule, as the unified audit log tells it.
package struct AuditRecord: Hashable, Sendable, Codable {
    /// The log's own id of the record.
    package var id: String
    package var at: Date
    /// Who made the change: a user name, or the application's id where no user did.
    package var user: String
    /// The application that made the change, by its id; nothing where a person did.
    package var application: String?
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
}

extension AuditRecord {
    /// Whether someone else than we made a change that took effect.
    package var isForeign: Bool { !isOurs && succeeded }

    /// Whether the record is about an object of a kind.
    ///
    /// - Parameter names: The object's names and its GUID, in any case; empty ones count for nothing.
    package func concerns(_ kind: ConnectorKind, names: [String]) -> Bool {
        guard operation.lowercased().hasSuffix("-\(kind.rawValue.lowercased())") else { return false }
        let names = names.filter { !$0.isEmpty }.map { $0.lowercased() }
        let written = [objectName, parameters["Identity"], parameters["Name"]].compactMap { $0?.lowercased() }
        return written.contains { names.contains($0) }
    }
}
