import Connectors
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Reports
import Synchronization

/// Finds a request's row in the table, checks it in the order of what it gives away, and lets the row answer.
struct Responder: HTTPResponder {
    typealias Context = BasicRequestContext

    /// In bytes.
    static let largestBody = 64 << 10

    let api: API
    let endpoints: [Endpoint]
    let hosts: AllowedHosts
    let callers: @Sendable () -> Callers
    let streams: EventStreams
    let openAPI: String
    let logger: Logger
    private let rawBodies = RawBodies()

    init(
        api: API,
        hosts: AllowedHosts,
        callers: @escaping @Sendable () -> Callers,
        streams: EventStreams,
        logger: Logger
    ) {
        self.api = api
        let table = api.endpoints
        let document = OpenAPIDocument(endpoints: table, version: api.version.description).json
        openAPI = document
        endpoints =
            table + [
                Endpoint(
                    method: .get,
                    path: OpenAPIDocument.path,
                    operation: "getOpenAPI",
                    summary: "This description.",
                    access: .open,
                    handle: { _ in .json(200, document) }
                )
            ]
        self.hosts = hosts
        self.callers = callers
        self.streams = streams
        self.logger = logger
    }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        do throws(ProblemDetails) {
            return try await answer(request)
        } catch {
            if error.status >= 500 { logger.warning("\(error.detail)", metadata: ["problem": "\(error.id)"]) }
            return Self.response(error, headers: error.status == 401 ? [.wwwAuthenticate: "Bearer"] : [:])
        }
    }

    private func answer(_ request: Request) async throws(ProblemDetails) -> Response {
        try hosts.check(request.head.authority ?? HTTPField.Name("Host").flatMap { request.headers[$0] })
        let parts = request.uri.path.split(separator: "/", omittingEmptySubsequences: false)
        let matches = endpoints.compactMap { endpoint in endpoint.match(parts).map { (endpoint, $0) } }
        guard !matches.isEmpty else {
            throw .notFound("page at this address", remedy: "\(OpenAPIDocument.path) describes those there are.")
        }
        guard let (endpoint, values) = matches.first(where: { $0.0.method.rawValue == request.method.rawValue }) else {
            return Self.response(
                ProblemDetails(
                    405,
                    id: "method-not-allowed",
                    "Not done so here",
                    detail: "This address does not take \(request.method.rawValue.prefix(20)).",
                    remedy: "It takes \(matches.map(\.0.method.rawValue).joined(separator: ", "))."
                ),
                headers: [.allow: matches.map(\.0.method.rawValue).joined(separator: ", ")]
            )
        }
        let caller = try callers().caller(request.headers[.authorization], for: endpoint.access)
        let path = try variables(values, endpoint)
        let query = try query(request, endpoint)
        let raw = await raw(request, endpoint, path)
        // A forge gives up a hook that refuses, so that what is not taken is answered like what is.
        if endpoint.rawBody != nil, raw == nil { return try response(.empty) }
        let call = Call(
            path: path,
            query: query,
            body: raw == nil ? try await body(request, endpoint) : [:],
            caller: caller,
            raw: raw,
            wantsEventStream: request.headers[.accept]?.contains("text/event-stream") == true,
            lastEventID: try lastEventID(request)
        )
        return try response(try await endpoint.handle(call))
    }

    // MARK: What came in

    private func variables(
        _ values: [String: Substring],
        _ endpoint: Endpoint
    ) throws(ProblemDetails) -> [String: String] {
        var checked: [String: String] = [:]
        for (name, raw) in values {
            guard let value = raw.removingURLPercentEncoding() else {
                throw .invalid("The address is not encoded as a URL is.", remedy: "Encode it as RFC 3986 says.")
            }
            if let parameter = endpoint.variables.first(where: { $0.name == name }),
                let objection = parameter.objection(to: value)
            {
                // What cannot be a name cannot be found either.
                throw .notFound("\(name) \(value.quoted)", remedy: "It \(objection).")
            }
            checked[name] = value
        }
        return checked
    }

    private func query(_ request: Request, _ endpoint: Endpoint) throws(ProblemDetails) -> [String: String] {
        var checked: [String: String] = [:]
        for (key, value) in request.uri.queryParameters {
            let (name, value) = (String(key), String(value))
            guard let parameter = endpoint.query.first(where: { $0.name == name }) else {
                throw .invalid(
                    "There is no parameter \(name.quoted) here.",
                    remedy: endpoint.query.isEmpty
                        ? "Leave it out." : "Known: \(endpoint.query.map(\.name).joined(separator: ", "))."
                )
            }
            if let objection = parameter.objection(to: value) {
                throw .invalid("\(name) \(objection): \(value.quoted).", remedy: parameter.summary)
            }
            checked[name] = value
        }
        return checked
    }

    private func lastEventID(_ request: Request) throws(ProblemDetails) -> String? {
        guard let id = HTTPField.Name("Last-Event-ID").flatMap({ request.headers[$0] }) else { return nil }
        let form = Endpoint.Parameter(name: "Last-Event-ID", form: .id, summary: "The id of an event.")
        guard form.objection(to: id) == nil else {
            throw .invalid("Last-Event-ID is not an id.", remedy: "Send the id of the last event that arrived.")
        }
        return id
    }

    /// A body of any form, for the endpoint that takes one; `nil` where it is not read, or not to its end.
    private func raw(_ request: Request, _ endpoint: Endpoint, _ path: [String: String]) async -> Call.Raw? {
        guard let limit = endpoint.rawBody, endpoint.expects?(path) ?? true else { return nil }
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { return nil }
        guard let bytes = await rawBodies.read(request.body, upTo: limit) else { return nil }
        return Call.Raw(headers: request.headers.map { ($0.name.rawName, $0.value) }, bytes: bytes)
    }

    private func bytes(_ request: Request, upTo limit: Int) async throws(ProblemDetails) -> ByteBuffer {
        let tooLarge = ProblemDetails(
            413,
            id: "body-too-large",
            "Too large",
            detail: "The body is larger than \(limit >> 10) KiB.",
            remedy: "Nothing that can be asked here needs so much."
        )
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { throw tooLarge }
        do {
            return try await request.body.collect(upTo: limit)
        } catch {
            throw tooLarge
        }
    }

    private func body(_ request: Request, _ endpoint: Endpoint) async throws(ProblemDetails) -> [String: String] {
        let bytes = try await bytes(request, upTo: Self.largestBody)
        guard let members = endpoint.body else {
            guard bytes.readableBytes == 0 else {
                throw .invalid("This takes no body.", remedy: "Send none.")
            }
            return [:]
        }
        let type = request.headers[.contentType]?.split(separator: ";").first.map {
            String($0).trimmingSpaces().lowercased()
        }
        guard type == "application/json" else {
            throw ProblemDetails(
                415,
                id: "body-not-json",
                "Not JSON",
                detail: "The body is not declared as JSON.",
                remedy: "Send Content-Type: application/json."
            )
        }
        return try Self.members(bytes, members)
    }

    private static func members(
        _ bytes: ByteBuffer,
        _ parameters: [Endpoint.Parameter]
    ) throws(ProblemDetails) -> [String: String] {
        let known = parameters.map(\.name).joined(separator: ", ")
        let object: [String: String]
        do {
            object = try JSONDecoder().decode([String: String].self, from: Data(bytes.readableBytesView))
        } catch {
            throw .invalid("The body is not a JSON object whose members are texts.", remedy: "Members: \(known).")
        }
        for name in object.keys.sorted() where !parameters.contains(where: { $0.name == name }) {
            throw .invalid(
                "The body has a member \(name.quoted) that means nothing here.",
                remedy: "Members: \(known)."
            )
        }
        for parameter in parameters {
            guard let value = object[parameter.name] else {
                guard !parameter.isRequired else {
                    throw .invalid("The body has no \(parameter.name).", remedy: parameter.summary)
                }
                continue
            }
            if let objection = parameter.objection(to: value) {
                throw .invalid("\(parameter.name) \(objection): \(value.quoted).", remedy: parameter.summary)
            }
        }
        return object
    }

    // MARK: What goes out

    private func response(_ reply: Reply) throws(ProblemDetails) -> Response {
        switch reply {
        case .json(let status, let json):
            Self.response(HTTPResponse.Status(code: status), "application/json", json)
        case .text(let text, let contentType): Self.response(.ok, contentType, text)
        case .empty: Response(status: .noContent, headers: Self.common)
        case .events(let tenant, let after): try streams.response(tenant: tenant, after: after, headers: Self.common)
        }
    }

    private static func response(_ problem: ProblemDetails, headers: HTTPFields) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let json = (try? encoder.encode(problem)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        var response = response(HTTPResponse.Status(code: problem.status), "application/problem+json", json + "\n")
        for field in headers { response.headers[field.name] = field.value }
        return response
    }

    private static func response(_ status: HTTPResponse.Status, _ contentType: String, _ text: String) -> Response {
        var headers = common
        headers[.contentType] = contentType
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Nothing here is for a cache, a frame, or a browser's guess.
    private static let common: HTTPFields = {
        var fields = HTTPFields()
        fields[.cacheControl] = "no-store"
        fields[.xContentTypeOptions] = "nosniff"
        return fields
    }()
}

extension String {
    /// Between quotation marks, without control characters, and short enough for a message.
    var quoted: String { "\"\((count > 60 ? String(prefix(57)) + "…" : self).escapingControls)\"" }
}

extension Substring {
    fileprivate func removingURLPercentEncoding() -> String? {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
