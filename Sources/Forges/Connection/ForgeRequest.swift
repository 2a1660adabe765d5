import JSON
import Transfers

/// One call to a forge's API.
struct ForgeRequest: Sendable {
    var method: HTTPRequest.Method
    /// Below the API's base; each is one segment.
    var path: [String]
    var query: [(name: String, value: String)]
    var body: JSONValue?
    /// What is asked for, as in "the open requests of contoso/mail-flow"; errors begin with it.
    var asked: String
    /// Whether sending it twice leaves the same as sending it once.
    var isRepeatable: Bool
    /// What the forge called the state that we know already; a 304 then means that it is still so.
    var entityTag: String?
    /// In bytes.
    var maximumSize = 16 << 20

    init(
        _ method: HTTPRequest.Method,
        _ path: [String],
        query: [(name: String, value: String)] = [],
        body: JSONValue? = nil,
        isRepeatable: Bool? = nil,
        entityTag: String? = nil,
        asked: String
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.isRepeatable = isRepeatable ?? (method != .post)
        self.entityTag = entityTag
        self.asked = asked
    }

    /// A call that only reads.
    init(path: [String], query: [(name: String, value: String)] = [], asked: String) {
        self.init(.get, path, query: query, asked: asked)
    }

    var isWrite: Bool { method != .get && method != .head }
}

/// What a forge answered when it did what it was asked.
struct ForgeAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    /// `null` where there is no body.
    var json: JSONValue

    /// 304: what is known is still so.
    var isUnchanged: Bool { status == 304 }
}
