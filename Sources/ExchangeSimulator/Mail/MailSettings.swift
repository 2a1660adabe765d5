/// The mail of one tenant, as a seed says it: who writes to whom, who takes it, and what is wrong there.
struct MailSettings: Hashable, Sendable {
    /// Where chance starts.
    var randomness: UInt64 = 1
    /// How long mail has been flowing when the simulator starts.
    var historyHours = 0
    /// Seconds until a changed connector is used.
    var routingDelay = 0
    /// In every address, subject and message id, so that a test can look for it where it must not be.
    var marker = "postmark"
    /// Above it the oldest messages are forgotten.
    var keep = 200_000
    var traffic: [Traffic] = []
    var partners: [Partner] = []
    /// Servers that are not a partner's MX: smart hosts.
    var servers: [MailServer] = []
    var faults: [MailFault] = []
    var letters: [Letter] = []
    var trace = TraceForms()
    /// As it was given, for `state()`.
    private(set) var document = JSONObject()

    private static let maximumItems = 1_000

    init() {}

    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers([
            "randomness", "historyHours", "routingDelay", "marker", "keep", "traffic", "partners", "servers", "faults",
            "messages", "trace",
        ])
        document = try node.object()
        randomness = UInt64(try node["randomness"]?.int(0...Int.max) ?? 1)
        historyHours = try node["historyHours"]?.int(0...2_160) ?? 0
        routingDelay = try node["routingDelay"]?.int(0...3_600) ?? 0
        keep = try node["keep"]?.int(1...200_000) ?? keep
        marker = try node["marker"]?.string() ?? marker
        for item in try Self.items(node["traffic"]) { traffic.append(try Traffic(item)) }
        for item in try Self.items(node["partners"]) { partners.append(try Partner(item)) }
        for item in try Self.items(node["servers"]) { servers.append(try MailServer(item)) }
        for item in try Self.items(node["faults"]) { faults.append(try MailFault(item)) }
        for item in try Self.items(node["messages"]) {
            try item.onlyMembers(["at", "from", "to", "count"])
            letters.append(try Letter(item))
        }
        if let forms = node["trace"] { trace = try TraceForms(forms) }
    }

    private static func items(_ node: DocumentNode?) throws(SimulatorError) -> [DocumentNode] {
        guard let node else { return [] }
        let items = try node.items()
        guard items.count <= maximumItems else { throw node.wrong("at most \(maximumItems) are expected") }
        return items
    }

    func partner(_ domain: String) -> Partner { partners.first { $0.domain == domain } ?? Partner(unknown: domain) }

    /// The server of a name or an address, wherever the seed tells of it.
    func server(_ host: String) -> MailServer? {
        let wanted = host.asciiLowercased
        return (servers + partners.flatMap(\.servers)).first { $0.name == wanted || $0.address == wanted }
    }
}
