package import FoundationEssentials

/// One request as it arrived, with what came of it.
package struct LoggedRequest: Hashable, Sendable {
    /// 1 for the first since the start.
    package let number: Int
    package let time: Date
    package let method: String
    /// With the query, as sent.
    package let path: String
    /// Names in lower case; `authorization` keeps its scheme only.
    package let headers: [String: String]
    /// The body as text; secrets and assertions of a token request are replaced by `[redacted]`.
    package let body: String
    /// What the path and the token name, resolved to the tenant's GUID, if it exists.
    package let tenant: String?
    /// The cmdlet of an InvokeCommand, as written.
    package let cmdlet: String?
    /// The cmdlet's parameters as a JSON object.
    package let parameters: String?
    /// The status of the answer; `nil` for a connection that was dropped instead.
    package internal(set) var status: Int?
    /// Which fault of the schedule struck, counted from 0.
    package internal(set) var fault: Int?
    /// Whether the request changed the tenant's configuration.
    package internal(set) var changedTenant: Bool

    /// One line for a person.
    package var summary: String {
        let what = cmdlet.map { "\($0) \(parameters ?? "")" } ?? ""
        return "\(number) \(method) \(path) \(what) -> \(status.map(String.init) ?? "dropped")"
    }
}
