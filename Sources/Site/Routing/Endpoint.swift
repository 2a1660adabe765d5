import Configuration

/// One row of the API's table: the router, the checks and the OpenAPI document all read it.
struct Endpoint: Sendable {
    enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    /// Who may use it.
    enum Access: Hashable, Sendable {
        case open
        case needs(APIToken.Right)
        /// `read`, unless `server.metrics: open`.
        case metrics
    }

    /// A parameter of the query, or a member of the body.
    struct Parameter: Sendable {
        enum Form: Sendable {
            case name
            /// As many of them as a number says at most, with commas between.
            case names(maximum: Int)
            case text(maximum: Int)
            case instant
            case digest
            case id
            case integer(ClosedRange<Int>)
            /// One of these.
            case word([String])
            /// Some of these, with commas between.
            case words([String])
        }

        var name: String
        var form: Form
        var isRequired = false
        var summary: String
    }

    var method: Method
    /// With its variables in braces, as in `/api/v1/runs/{id}`.
    var path: String
    /// Unique among all, in lowerCamelCase.
    var operation: String
    var summary: String
    var access: Access
    /// What its path's variables may be.
    var variables: [Parameter] = []
    var query: [Parameter] = []
    var body: [Parameter]?
    /// For a body of any form: at most so many bytes, which the endpoint gets as they came, with the headers.
    var rawBody: Int?
    /// For a body of any form: whether what its path names is there, so that the body is worth reading.
    var expects: (@Sendable (_ path: [String: String]) -> Bool)?
    var successStatus = 200
    /// The `kind` of the document that it answers; `nil` for text or nothing.
    var answers: String?
    /// Statuses of problems that only this endpoint answers; there are others that any may.
    var problems: [Int] = []
    var handle: @Sendable (Call) async throws(ProblemDetails) -> Reply

    /// The variables' values where the path fits the template; still percent-encoded.
    func match(_ parts: [Substring]) -> [String: Substring]? {
        let template = path.split(separator: "/", omittingEmptySubsequences: false)
        guard template.count == parts.count else { return nil }
        var values: [String: Substring] = [:]
        for (name, part) in zip(template, parts) {
            if name.hasPrefix("{") {
                guard !part.isEmpty else { return nil }
                values[String(name.dropFirst().dropLast())] = part
            } else if name != part {
                return nil
            }
        }
        return values
    }
}
