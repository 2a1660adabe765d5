/// How the message trace tells what it tells.
///
/// Sections 14.1, 14.2 and 14.4.
struct TraceForms: Hashable, Sendable {
    /// Seconds until a row, or a change of its status, can be seen; each row has its own lag between the two.
    var lag = 300...300
    /// The share of rows that come twice in one answer.
    var repeats = 0.1
    /// How status words and events are written.
    var words = Words.mixed
    /// The share of delivered rows with a word that is good nor bad: Resolved, or one that no one knows.
    var oddWords = 0.0
    /// The share of messages whose details name the outbound connector.
    var namesConnector = 0.8
    /// Calls in five running minutes, for each of the two cmdlets.
    var quota = 100
    /// Whether the tenant holds the service principal without which Graph tells nothing.
    var isInGraph = true

    enum Words: String, Sendable {
        /// As documented: `Delivered`; events as `DEFER`.
        case documented
        /// `delivered`, as over Graph; events as `Defer`.
        case lower
        case mixed
    }

    init() {}

    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(["lag", "repeats", "words", "oddWords", "namesConnector", "quota", "graph"])
        if let lag = node["lag"] {
            if lag.value.array == nil {
                let seconds = try lag.int(0...86_400)
                self.lag = seconds...seconds
            } else {
                let bounds = try lag.items()
                guard bounds.count == 2 else { throw lag.wrong("seconds, or two of them, are expected") }
                let least = try bounds[0].int(0...86_400)
                self.lag = least...(try bounds[1].int(least...86_400))
            }
        }
        repeats = try node["repeats"]?.number(0...1) ?? repeats
        if let words = node["words"] {
            guard let known = Words(rawValue: try words.string()) else {
                throw words.wrong("documented, lower or mixed is expected")
            }
            self.words = known
        }
        oddWords = try node["oddWords"]?.number(0...1) ?? oddWords
        namesConnector = try node["namesConnector"]?.number(0...1) ?? namesConnector
        isInGraph = try node["graph"]?.bool() ?? isInGraph
        quota = try node["quota"]?.int(1...100_000) ?? quota
    }
}
