package import JSON

/// What a pretended forge answers.
package struct ForgeReply: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    /// Nothing for an answer without a body.
    package var json: JSONValue?

    package init(_ status: Int, _ json: JSONValue? = nil, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.json = json
        self.headers = headers
    }
}

/// What goes wrong with one call.
package enum ForgeFault: Sendable {
    /// An error in the forge's own form.
    case status(Int, headers: [(name: String, value: String)] = [])
    /// No answer as long as the client waits.
    case silence
    /// The connection ends without an answer.
    case dropped
    /// This answer in place of the right one; it is not judged.
    case reply(ForgeReply)
    /// The right answer, altered; it is not judged.
    case altered(@Sendable (inout ForgeReply) -> Void)
}
