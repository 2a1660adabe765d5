/// Why a request was not done, as RFC 9457 writes it, with an id and a remedy of ours.
package struct ProblemDetails: Error, Hashable, Sendable, Codable {
    package var type: String
    package var title: String
    /// The HTTP status.
    package var status: Int
    package var detail: String
    /// Kebab-case and stable.
    package var id: String
    package var remedy: String

    package init(_ status: Int, id: String, _ title: String, detail: String, remedy: String) {
        type = "urn:mitregate:problem:\(id)"
        self.title = title
        self.status = status
        self.detail = detail
        self.id = id
        self.remedy = remedy
    }
}

extension ProblemDetails {
    package static func notFound(_ what: String, remedy: String) -> ProblemDetails {
        ProblemDetails(404, id: "not-found", "Not found", detail: "There is no \(what).", remedy: remedy)
    }

    static func invalid(_ detail: String, remedy: String) -> ProblemDetails {
        ProblemDetails(400, id: "request-invalid", "The request cannot be read", detail: detail, remedy: remedy)
    }
}
