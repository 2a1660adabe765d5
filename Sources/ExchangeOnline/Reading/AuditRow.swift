import Connectors
import FoundationEssentials
import JSON

/// One record of the audit log: a row of Search-UnifiedAuditLog, whose `AuditData` is JSON in a string, or an element of
/// what the Management Activity API gives, which is that JSON itself.
///
/// Source: the Exchange admin schema of learn.microsoft.com/office/office-365-management-api.
struct AuditRow {
    private let data: JSONValue

    init(_ row: JSONValue) throws(ExchangeError) {
        guard let text = row["AuditData"]?.text, let data = try? JSONParser.parse(text), case .object = data else {
            throw ExchangeError(
                .rowMalformed,
                "A row of the audit log holds no AuditData that is JSON.",
                remedy: "Drift is reported without its author. Please report this.",
                cmdlet: "Search-UnifiedAuditLog"
            )
        }
        self.data = data
    }

    /// - Parameter record: An element of a content blob.
    init(record: JSONValue) { data = record }

    /// The cmdlet, where the record is of an administrator's cmdlet: record type 1 (ExchangeAdmin).
    var cmdlet: String? { data["RecordType"]?.integer == 1 ? data["Operation"]?.text : nil }

    /// The record; nothing for a row that says neither when nor what.
    ///
    /// - Parameter us: The ids of our application and its service principal, in lower case.
    func record(_ us: Set<String>) -> AuditRecord? {
        guard let text = data["CreationTime"]?.text, let at = Timestamp.instant(text) else { return nil }
        guard let operation = data["Operation"]?.text else { return nil }
        var parameters: [String: String] = [:]
        for parameter in data["Parameters"]?.elements ?? [] {
            guard let name = parameter["Name"]?.text else { continue }
            parameters[name] = parameter["Value"]?.text ?? ""
        }
        let isOurs = applications.contains { us.contains($0.lowercased()) }
        return AuditRecord(
            id: data["Id"]?.text ?? "\(text) \(operation) \(data["ObjectId"]?.text ?? "")",
            at: at,
            user: user,
            application: isPerson ? nil : application ?? data["UserId"]?.text,
            operation: operation,
            objectName: data["ObjectId"]?.text ?? parameters["Identity"] ?? parameters["Name"] ?? "",
            parameters: parameters,
            isOurs: isOurs,
            succeeded: data["ResultStatus"]?.flag ?? true,
            clientIP: data["ClientIP"]?.text.map(Self.address)
        )
    }

    /// The ids by which an application can be known.
    private var applications: [String] {
        [
            data["AppId"]?.text, data["AppAccessContext"]?["ClientAppId"]?.text, data["TokenObjectId"]?.text,
            data["UserId"]?.text, data["UserKey"]?.text,
        ].compactMap(\.self)
    }

    private var application: String? {
        data["AppId"]?.text ?? data["AppAccessContext"]?["ClientAppId"]?.text ?? data["TokenObjectId"]?.text
    }

    /// Whether a user is named; an application, a service principal and the service's own plumbing are none.
    ///
    /// Source: UserType 5 and 6 of the management activity schema; a public client saw
    /// `NT SERVICE\MSExchangeAdminApiNetCore` behind calls of applications.
    private var isPerson: Bool {
        guard let named = data["UserId"]?.text, !named.isEmpty else { return false }
        if let type = data["UserType"]?.integer, type == 5 || type == 6 { return false }
        return !named.lowercased().hasPrefix("nt service\\")
    }

    /// A user by name; the service's own plumbing says nothing, so behind it the application is named.
    private var user: String {
        let named = data["UserId"]?.text ?? ""
        guard !isPerson else { return named }
        return application.map { "application \($0)" } ?? named
    }

    /// Without the port: the log writes `192.0.2.1:51234` and `[2001:db8::1]:51234`.
    private static func address(_ text: String) -> String {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : text
    }
}
