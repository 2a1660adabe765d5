import FoundationEssentials

/// What is wrong with a server or a domain, from a time to a time; it decides on the text of what fails for it.
struct MailFault: Hashable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        // Certificates: they matter to those who check them.
        case certificateExpired = "certificate-expired"
        case wrongName = "wrong-name"
        case chainIncomplete = "chain-incomplete"
        case tlsaMismatch = "tlsa-mismatch"
        case mtaSTSMismatch = "mta-sts-mismatch"
        // TLS itself: it matters to those who demand it.
        case startTLSGone = "starttls-gone"
        case handshakeBroken = "handshake-broken"
        // The way there.
        case refused
        case timedOut = "timed-out"
        case closed
        case dnsGone = "dns-gone"
        // What the server says.
        case greylisting
        case busy
        case unknownUser = "unknown-user"
        case mailboxFull = "mailbox-full"
        case relayDenied = "relay-denied"
    }

    let kind: Kind
    /// One server; `nil` for every server of `domain`, or of all.
    let host: String?
    let domain: String?
    /// Of the messages to it.
    let share: Double
    /// With greylisting: the try that is taken.
    let goodTry: Int
    let from: Date?
    let until: Date?

    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(["fault", "host", "domain", "share", "goodTry", "from", "until"])
        let word = try node.needed("fault")
        guard let kind = Kind(rawValue: try word.string()) else {
            throw word.wrong("known are \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.kind = kind
        host = try node["host"]?.string().asciiLowercased
        domain = try node["domain"]?.string().asciiLowercased
        share = try node["share"]?.number(0...1) ?? 1
        goodTry = try node["goodTry"]?.int(2...10) ?? 2
        if let from = node["from"] { self.from = try from.time() } else { from = nil }
        if let until = node["until"] { self.until = try until.time() } else { until = nil }
    }

    /// Whether it strikes a delivery.
    ///
    /// - Parameter lot: From 0 up to and without 1, the same for every try of one message.
    func strikes(_ server: MailServer, of domain: String, at time: Date, lot: Double) -> Bool {
        if let host, host != server.name { return false }
        if let wanted = self.domain, wanted != domain { return false }
        if let from, time < from { return false }
        if let until, time >= until { return false }
        return lot < share
    }
}
