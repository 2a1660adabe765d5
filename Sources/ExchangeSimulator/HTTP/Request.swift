/// One HTTP request, whole.
struct Request: Sendable {
    let method: String
    /// As sent: path and query.
    let target: String
    /// Names in lower case; a header that comes twice is joined by a comma.
    let headers: [String: String]
    let body: [UInt8]

    /// Before the `?`, with percent escapes resolved.
    let path: String
    /// The parameters behind the `?`, names as sent.
    let query: [String: String]

    init(method: String, target: String, headers: [String: String], body: [UInt8]) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = Percent.decoded(String(parts.first ?? "/"), plusIsSpace: false)
        query = parts.count > 1 ? Percent.form(String(parts[1])) : [:]
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The fields of an `application/x-www-form-urlencoded` body.
    var form: [String: String] { Percent.form(text) }

    /// Where the client thinks it is talking to: continuation links and audiences are built from it.
    var origin: String { "http://\(headers["host"] ?? "127.0.0.1")" }
}
