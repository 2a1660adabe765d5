import Connectors
import FoundationEssentials
import JSON
import Transfers

/// A success of the admin API: its rows, and what came with them.
struct Answer: Hashable, Sendable {
    var rows: [JSONValue]
    /// As ``Warnings`` keeps them.
    var warnings: [String]
    /// Whether the service says that rows were left out, be it in a warning that is not kept.
    ///
    /// Source: the warning of `Get-*` cmdlets whose ResultSize was too small.
    var saysThereIsMore = false
    /// Where the next rows are; nothing on the last page.
    var nextLink: String?
    /// Whether the rows were an array, be it empty, and not `null` or absent.
    var hasList = false
    /// What the body cost: its bytes, and the JSON values in it.
    var size = 0
    var values = 0
    /// `name=value`, by which a continuation finds the server that knows it.
    var cookies: [String] = []
    /// When the service answered, by its own clock; nothing where it does not tell.
    var serviceTime: Date?

    /// Reads the body of an answer with a status of success.
    ///
    /// An empty, `null` or absent `value` means no rows. A read must be recognisable as an answer of this service, since to
    /// take a stranger's `{}` for an empty tenant would be fatal; a write is read back anyway.
    ///
    /// - Throws: `answer-malformed`, or `partial-errors` for errors inside a success.
    init(_ response: HTTPResponse, to command: Command) throws(ExchangeError) {
        cookies = Self.cookies(response)
        serviceTime = response.date
        size = response.body.count
        if response.body.isEmpty || response.status == 204 {
            guard command.effect == .write else { throw Self.malformed(command, "it is empty") }
            (rows, warnings) = ([], [])
            return
        }
        let body: JSONValue
        do throws(JSONParser.Problem) {
            (body, values) = try JSONParser.counted(response.body)
        } catch {
            throw Self.malformed(command, "\(error.message) (at byte \(error.offset))")
        }
        guard case .object(let members) = body else { throw Self.malformed(command, "it is not an object") }
        let warned = Self.texts(body["@adminapi.warnings"])
        warnings = Warnings(warned).texts
        saysThereIsMore = warned.contains { $0.lowercased().range(of: "more results available") != nil }
        try Self.refuseErrors(in: body, of: command)
        let isEnvelope = members.contains {
            $0.key == "value" || $0.key.hasPrefix("@") || $0.key.hasPrefix("adminapi.")
        }
        guard isEnvelope || command.effect == .write else { throw Self.malformed(command, "it has no member value") }
        switch body["value"] {
        case nil, .null?: rows = []
        case .array(let elements)?: (rows, hasList) = (elements, true)
        case .some: throw Self.malformed(command, "its member value is not an array")
        }
        switch body["@odata.nextLink"] {
        case nil, .null?: nextLink = nil
        case .string(let link)?: nextLink = link.trimmingSpaces().isEmpty ? nil : link
        case .some: throw Self.malformed(command, "its continuation is not a string")
        }
    }

    /// A cmdlet that went on after an error reports success and this.
    private static func refuseErrors(in body: JSONValue, of command: Command) throws(ExchangeError) {
        let isFailure = body["error"].map { !$0.isNull } ?? false
        let errors = body["@adminapi.errors"] ?? .null
        guard isFailure || !(errors.isNull || errors == .array([]) || errors == .string("")) else { return }
        let text = isFailure ? ErrorBody(body).text : texts(errors).joined(separator: " ")
        throw ExchangeError(
            .partialErrors,
            "\(command.cmdlet) reported an error inside a success: \(Redaction.text(text ?? errors.json))",
            remedy: "Read the tenant again; where it happens each time, run the cmdlet by hand and see what it says.",
            cmdlet: command.cmdlet
        )
    }

    /// Texts of an array; of objects, their message; of anything else, its JSON.
    private static func texts(_ value: JSONValue?) -> [String] {
        switch value {
        case .array(let elements)?:
            elements.map { Redaction.text($0.text ?? $0.member(ignoringCase: "message")?.text ?? $0.json) }
        case .string(let text)? where !text.isEmpty: [Redaction.text(text)]
        default: []
        }
    }

    private static func cookies(_ response: HTTPResponse) -> [String] {
        response.headers.values(of: "Set-Cookie").compactMap { $0.split(separator: ";").first.map(String.init) }
    }

    private static func malformed(_ command: Command, _ reason: String) -> ExchangeError {
        ExchangeError(
            .answerMalformed,
            "The answer to \(command.cmdlet) is not what the admin API sends: \(reason).",
            remedy: "Check that `endpoints.exchange` is the admin API, and that no proxy answers in its place.",
            cmdlet: command.cmdlet
        )
    }
}
