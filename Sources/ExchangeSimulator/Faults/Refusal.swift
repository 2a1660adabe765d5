/// An answer that a fault puts in the place of the service's own.
///
/// Sections 1.2, 1.4, 2.1, 2.6.
enum Refusal: Sendable {
    case error(CmdletError)
    case body(status: Int, type: String?, bytes: [UInt8])
    case throttled
    /// Plain text under a status of the 200 or 500 class.
    case concurrency(status: Int)
    case forbidden(Forbidden)
    case unauthorized
    case claimsChallenge
    case token(Int)
    /// To the host that the text names, or to that label of the cloud's host.
    case redirect(String)

    enum Forbidden: String, CaseIterable, Sendable {
        case nul, empty, diagnostics
    }

    /// The text of section 2.6 for too many requests at once.
    static let concurrencyText =
        "You have reached the maximum number of concurrent requests per tenant. Please wait and try again"

    static let members = [
        "errorBody", "status", "body", "contentType", "throttle", "forbidden", "unauthorized", "claimsChallenge",
        "tokenError", "redirect",
    ]

    static func read(_ node: DocumentNode) throws(SimulatorError) -> Refusal? {
        if let body = node["errorBody"] { return .error(try CmdletError(body)) }
        if let status = node["status"] { return try plain(status: try status.int(), node) }
        if let throttle = node["throttle"] {
            try throttle.onlyMembers(["form", "status"])
            guard try throttle["form"]?.string() == "concurrency" else { return .throttled }
            return .concurrency(status: try throttle["status"]?.int() ?? 503)
        }
        if let forbidden = node["forbidden"] {
            guard let form = Forbidden(rawValue: try forbidden.string()) else {
                throw forbidden.wrong("nul, empty or diagnostics is expected")
            }
            return .forbidden(form)
        }
        if try node["unauthorized"]?.bool() ?? false { return .unauthorized }
        if try node["claimsChallenge"]?.bool() ?? false { return .claimsChallenge }
        if let code = node["tokenError"] { return .token(try code.int()) }
        if let host = node["redirect"] { return .redirect(try host.string()) }
        return nil
    }

    private static func plain(status: Int, _ node: DocumentNode) throws(SimulatorError) -> Refusal {
        let type = try node["contentType"]?.string()
        switch try node["body"]?.string() ?? "empty" {
        case "empty": return .body(status: status, type: type, bytes: [])
        case "nul": return .body(status: status, type: type, bytes: nul)
        case "html":
            let page = "<html><head><title>\(status)</title></head><body><h1>Service unavailable</h1></body></html>"
            return .body(status: status, type: type ?? "text/html", bytes: Array(page.utf8))
        case let text: return .body(status: status, type: type ?? "text/plain", bytes: Array(text.utf8))
        }
    }

    /// A body of NUL bytes, as seen with 403.
    ///
    /// Section 2.6.
    static let nul = [UInt8](repeating: 0, count: 4096)
}

extension Refusal.Forbidden {
    var answer: Answer {
        switch self {
        case .nul: Answer(403, headers: [("Content-Type", "application/json")], body: Refusal.nul)
        case .empty: Answer(403)
        case .diagnostics:
            Answer(
                403,
                headers: [
                    (
                        "x-ms-diagnostics",
                        "2000003;reason=\"The role assigned to application isn't supported in this scenario.\""
                    )
                ]
            )
        }
    }
}
