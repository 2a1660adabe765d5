import Foundation

/// What came back over HTTP.
struct Reply: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: Data

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body) as? [String: Any]) ?? [:] }

    /// `value` of the envelope; absent and null are no rows.
    var rows: [[String: Any]] { json["value"] as? [[String: Any]] ?? [] }

    var row: [String: Any] { rows.first ?? [:] }

    var names: [String] { rows.compactMap { $0["Name"] as? String } }

    var warnings: [String] { json["@adminapi.warnings"] as? [String] ?? [] }

    var nextLink: String? { json["@odata.nextLink"] as? String }

    /// The exception's type and text, wherever in the error body they are; the type alone without the namespace.
    var exception: (type: String, text: String) {
        let error = json["error"] as? [String: Any] ?? [:]
        let inner = error["innererror"] as? [String: Any] ?? [:]
        for (name, value) in inner
        where ["internalexception", "innerexception"].contains(name.lowercased()) {
            let exception = value as? [String: Any] ?? [:]
            return (Self.short(exception["type"] as? String ?? ""), exception["message"] as? String ?? "")
        }
        let details = error["details"] as? [[String: Any]] ?? []
        let parts = (details.first?["message"] as? String ?? "").split(
            separator: "|",
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        guard parts.count == 3 else { return ("", error["message"] as? String ?? "") }
        return (Self.short(String(parts[1])), String(parts[2]))
    }

    private static func short(_ type: String) -> String { String(type.split(separator: ".").last ?? "") }

    /// The texts of a list that may be one text, null or nothing.
    static func list(_ value: Any?) -> [String] { value as? [String] ?? (value as? String).map { [$0] } ?? [] }
}
