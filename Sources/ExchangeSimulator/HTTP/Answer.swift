/// What goes back for a request, and how it travels.
struct Answer: Sendable {
    /// The ways in which an answer fails to arrive whole and at once.
    enum Delivery: Hashable, Sendable {
        case whole
        /// The connection ends without a byte of an answer.
        case dropped
        /// Status, headers and half of the body arrive, then the connection ends.
        case droppedInBody
    }

    /// What is kept back until `release()`, or until the client goes away.
    enum Hold: String, Hashable, Sendable {
        case head, body
    }

    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    var delivery = Delivery.whole
    /// Before the first byte.
    var delay = Duration.zero
    /// Between the headers and the body.
    var bodyDelay = Duration.zero
    var hold: Hold?

    init(_ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(_ status: Int, _ value: JSON, headers: [(name: String, value: String)] = []) -> Answer {
        Answer(status, headers: [("Content-Type", "application/json; charset=utf-8")] + headers, body: value.bytes)
    }

    static func text(
        _ status: Int,
        _ text: String,
        type: String = "text/plain; charset=utf-8",
        headers: [(name: String, value: String)] = []
    ) -> Answer {
        Answer(status, headers: [("Content-Type", type)] + headers, body: Array(text.utf8))
    }
}
