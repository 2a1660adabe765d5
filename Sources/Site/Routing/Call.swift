import Configuration
import Connectors
import FoundationEssentials
import Hummingbird

/// A request as an endpoint sees it: matched, bounded, and from a known caller.
struct Call: Sendable {
    /// The parts of the path that the endpoint's template names.
    var path: [String: String]
    /// The parameters that the endpoint's table lists, each checked.
    var query: [String: String]
    /// Members of the body, each a text.
    var body: [String: String]
    /// The token's name; `anonymous` where reading is open.
    var caller: String
    /// Only for an endpoint that takes a body of any form: the headers in their order, and the bytes.
    var raw: Raw?
    var wantsEventStream: Bool
    var lastEventID: String?

    struct Raw: Sendable {
        var headers: [(name: String, value: String)]
        var bytes: [UInt8]
    }

    func text(_ name: String) -> String { body[name] ?? "" }

    /// A number that the table has checked.
    func limit(_ fallback: Int) -> Int { query["limit"].flatMap(Int.init) ?? fallback }
}

/// What an endpoint answers.
enum Reply: Sendable {
    case json(Int, String)
    case text(String, contentType: String)
    /// Server-sent events, after the one with this id.
    case events(tenant: String?, after: String?)
    case empty
}
