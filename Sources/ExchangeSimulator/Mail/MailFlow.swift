import FoundationEssentials

/// The mail of one tenant as it flows: what came in, what waits for its next try, and the connectors that led it.
///
/// Nothing happens by itself: whoever asks first lets it catch up to the time of the question. What becomes of a message
/// depends on the seed and on the connectors at the times of its tries, never on how often someone asked.
struct MailFlow: Sendable {
    private(set) var settings: MailSettings
    /// In the order of their arrival.
    private(set) var messages: [Message] = []
    /// Calls of the trace's cmdlets within the last five minutes.
    var calls: [String: [Date]] = [:]
    /// Messages on their way in: bursts, and those that a test sends.
    private var expected: [Arrival] = []
    private var sources: [ArrivalSource] = []
    /// Tables with the time from which each is used.
    private var tables: [TimedTable] = []
    private var caughtUp: Date?
    /// Of messages that are not yet delivered: where they are.
    private var open: [Int] = []
    private var letters = 0
    private var home = ""

    private static let maximumTables = 1_000

    private struct TimedTable {
        let since: Date
        let table: RoutingTable
        /// Those that were looked up, by domain.
        var routes: [String: RoutingTable.Route] = [:]

        private static let maximumRoutes = 10_000

        mutating func route(to domain: String) -> RoutingTable.Route {
            if let route = routes[domain] { return route }
            if routes.count >= Self.maximumRoutes { routes = [:] }
            let route = table.route(to: domain)
            routes[domain] = route
            return route
        }
    }

    init(_ settings: MailSettings) { self.settings = settings }

    /// Has a message come in at its time.
    mutating func expect(_ letter: Letter) {
        for number in 0..<letter.count {
            letters += 1
            expected.append(
                Arrival(
                    at: letter.at.addingTimeInterval(Double(number)),
                    sender: letter.from,
                    recipients: letter.to,
                    visitor: nil,
                    chance: Chance.mixed(settings.randomness, 0x1E77E5, UInt64(letters))
                )
            )
        }
    }

    /// Takes other settings; messages stay.
    ///
    /// Traffic that changed starts afresh from where the mail has caught up to.
    mutating func update(_ node: DocumentNode) throws(SimulatorError) {
        let old = settings
        settings = try MailSettings(node.over(old.document))
        if node["messages"] != nil, caughtUp != nil { for letter in settings.letters { expect(letter) } }
        guard let caughtUp, old.traffic != settings.traffic || old.randomness != settings.randomness else { return }
        start(from: caughtUp)
    }

    private mutating func start(from time: Date) {
        sources = ArrivalSource.sources(of: settings, from: time, home: home)
    }

    /// - Parameter home: The domain that the tenant's own people write from.
    mutating func catchUp(to now: Date, _ table: RoutingTable, home: String) {
        self.home = home
        if caughtUp == nil { begin(now, table) }
        guard let last = caughtUp, now >= last else { return }
        if tables.last?.table != table {
            // It was changed by what followed the last catching up, and is used a while later.
            tables.append(TimedTable(since: last.addingTimeInterval(Double(settings.routingDelay)), table: table))
            if tables.count > Self.maximumTables { tables.removeFirst(tables.count - Self.maximumTables) }
        }
        arrive(until: now)
        deliver(until: now)
        forget()
        caughtUp = now
    }

    private mutating func begin(_ now: Date, _ table: RoutingTable) {
        let start = now.addingTimeInterval(-3_600 * Double(settings.historyHours))
        caughtUp = start
        tables = [TimedTable(since: .distantPast, table: table)]
        for letter in settings.letters { expect(letter) }
        self.start(from: start)
    }

    /// Where the table is that is used at a time; there is always one.
    private func table(at time: Date) -> Int { tables.lastIndex { $0.since <= time } ?? 0 }

    // MARK: Arrivals

    private mutating func arrive(until now: Date) {
        for index in sources.indices {
            sources[index].skip(to: now, keeping: settings.keep)
            expected += sources[index].arrivals(until: now)
        }
        guard !expected.isEmpty else { return }
        let due = expected.filter { $0.at <= now }.sorted { ($0.at, $0.chance) < ($1.at, $1.chance) }
        expected.removeAll { $0.at <= now }
        for arrival in due.suffix(settings.keep) { take(arrival) }
    }

    private mutating func take(_ arrival: Arrival) {
        var inbound: String?
        if let visitor = arrival.visitor {
            let table = tables[table(at: arrival.at)].table
            guard case .accepted(let connector) = table.entry(of: arrival.sender, visitor) else { return }
            inbound = connector
        }
        var random = Random(arrival.chance)
        let traceId = random.uuid()
        let number = String(arrival.chance, radix: 36)
        let lag = settings.trace.lag
        let span = UInt64(lag.upperBound - lag.lowerBound + 1)
        let message = Message(
            traceId: traceId,
            messageId: "<\(number).\(settings.marker)@\(MailAddress.domain(of: arrival.sender))>",
            received: arrival.at,
            sender: arrival.sender,
            subject: "\(settings.marker) \(number)",
            size: 4_000 + Int(random.next() % 60_000),
            fromIP: arrival.visitor?.address ?? "",
            inboundConnector: inbound,
            chance: random.next(),
            deliveries: arrival.recipients.map { Delivery(to: $0, lag: lag.lowerBound + Int(random.next() % span)) }
        )
        open.append(messages.count)
        messages.append(message)
    }

    private mutating func forget() {
        // Not at each message, as all that follow have to move.
        guard messages.count > settings.keep + settings.keep / 10 else { return }
        let count = messages.count - settings.keep
        messages.removeFirst(count)
        open = open.compactMap { $0 >= count ? $0 - count : nil }
    }

    // MARK: Deliveries

    private mutating func deliver(until now: Date) {
        var waiting: [Int] = []
        for index in open {
            for place in messages[index].deliveries.indices { deliver(index, place, until: now) }
            if messages[index].deliveries.contains(where: \.isOpen) { waiting.append(index) }
        }
        open = waiting
    }

    private mutating func deliver(_ index: Int, _ place: Int, until now: Date) {
        while messages[index].deliveries[place].isOpen {
            let message = messages[index]
            let tries = message.deliveries[place].attempts.count
            let wait = min(Delivery.due(tries), Delivery.life)
            // A few seconds pass before the first.
            let at = message.received.addingTimeInterval(Double(wait) + Double(message.chance % 4_000) / 1_000)
            guard at <= now else { return }
            let isLast = wait == Delivery.life
            messages[index].deliveries[place].add(attempt(message, place, tries + 1, at, isLast: isLast))
        }
    }

    private mutating func attempt(
        _ message: Message,
        _ place: Int,
        _ number: Int,
        _ at: Date,
        isLast: Bool
    ) -> Attempt {
        let recipient = message.deliveries[place].recipient
        let domain = MailAddress.domain(of: recipient)
        let current = table(at: at)
        let route = tables[current].route(to: domain)
        let name = route.connector
        if name == nil, tables[current].table.isOwn(domain) {
            return Attempt(at: at, connector: nil, result: .delivered(toIP: ""))
        }
        guard !isLast else {
            let expired = Failure("550 4.4.7 QUEUE.Expired; message expired")
            return Attempt(at: at, connector: name, result: .failed(expired))
        }
        let partner = settings.partner(domain)
        var random = Random(Chance.mixed(message.chance, UInt64(place), UInt64(number)))
        let server: MailServer
        if let host = route.smartHosts.isEmpty ? nil : random.pick(route.smartHosts) {
            guard let known = settings.server(IPv4Block.withoutBrackets(host)) else {
                return Attempt(at: at, connector: name, result: .deferred(Self.lost(host)))
            }
            server = known
        } else {
            server = random.pick(partner.servers)
        }
        let faults = settings.faults.enumerated().filter { number, fault in
            // The same for every try, and one fault's lot tells nothing of another's.
            let lot = Chance.share(Chance.mixed(message.chance, UInt64(place), UInt64(1_000 + number)))
            return fault.strikes(server, of: domain, at: at, lot: lot)
        }.map(\.element)
        let attempt = Try(
            server: server,
            partner: partner,
            route: route,
            recipient: recipient,
            number: number,
            faults: faults
        )
        guard let failure = attempt.failure else {
            return Attempt(at: at, connector: name, result: .delivered(toIP: server.address))
        }
        return Attempt(at: at, connector: name, result: failure.isFinal ? .failed(failure) : .deferred(failure))
    }

    /// A smart host that the seed does not tell of: an address does not answer, a name is not found.
    private static func lost(_ host: String) -> Failure {
        let bare = IPv4Block.withoutBrackets(host)
        guard IPv4Block(bare) != nil else {
            return Failure("450 4.4.312 DNS query failed", message: "DNS_NameError")
        }
        var failure = Failure("450 4.4.315 Connection timed out", message: "Socket error code 10060")
        failure.server = MailServer(name: bare, address: bare)
        return failure
    }
}

extension Tenant {
    mutating func catchUpMail(_ now: Date) {
        let standard = acceptedDomains.first { $0["Default"]?.bool ?? false }?["DomainName"]?.string
        let table = RoutingTable(self)
        mail?.catchUp(to: now, table, home: standard ?? organization)
    }
}
