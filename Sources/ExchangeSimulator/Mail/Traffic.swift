/// Mail that chance makes: to a partner, or from one.
struct Traffic: Hashable, Sendable {
    enum Direction: String, Sendable {
        case outbound, inbound
    }

    /// One sender, many messages within minutes.
    struct Bursts: Hashable, Sendable {
        /// On average; their times are a Poisson process like the rest.
        let perDay: Double
        let messages: Int
        /// Seconds from the first to the last.
        let within: Int
    }

    let domain: String
    let direction: Direction
    let perHour: Double
    /// How many people send.
    let senders: Int
    /// The most recipients of one message; most have one.
    let recipients: Int
    /// The share of messages whose sender is a stranger or empty, as forwarded mail has it.
    let forwarded: Double
    let bursts: Bursts?
    /// How a sender of inbound mail shows itself at the door.
    let visitor: Visitor

    private static let members = [
        "domain", "direction", "perHour", "senders", "recipients", "forwarded", "bursts", "address", "certificateName",
        "tls",
    ]

    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(Self.members)
        domain = try node.needed("domain").string().asciiLowercased
        let direction = node["direction"]
        let word = try direction?.string() ?? "outbound"
        guard let known = Direction(rawValue: word) else {
            throw (direction ?? node).wrong("outbound or inbound is expected")
        }
        self.direction = known
        perHour = try node.needed("perHour").number(0...20_000)
        senders = try node["senders"]?.int(1...10_000) ?? 20
        recipients = try node["recipients"]?.int(1...20) ?? 1
        forwarded = try node["forwarded"]?.number(0...1) ?? 0
        if let bursts = node["bursts"] {
            try bursts.onlyMembers(["perDay", "messages", "within"])
            self.bursts = Bursts(
                perDay: try bursts.needed("perDay").number(0...100),
                messages: try bursts.needed("messages").int(2...1_000),
                within: try bursts["within"]?.int(1...3_600) ?? 240
            )
        } else {
            bursts = nil
        }
        visitor = Visitor(
            address: try node["address"]?.string() ?? "198.51.100.25",
            certificateName: try node["certificateName"]?.string(),
            usesTLS: try node["tls"]?.bool() ?? true
        )
    }
}

/// Who delivers mail to the tenant: what inbound connectors judge by.
struct Visitor: Hashable, Sendable {
    let address: String
    let certificateName: String?
    let usesTLS: Bool
}
