import Connectors
import Foundation
import MailWatch
import Planning

/// The mail of one tenant: messages at a steady rate, each led through the connectors as they are at each try, to partners
/// that have troubles; and the trace and the gate that tell of it.
struct PretendMail {
    /// What is wrong with partners' servers for a while.
    struct Trouble {
        /// `nil`: every domain's.
        var domain: String?
        var kind: MailDisturbance.Fault
        var from: Date
        var until: Date
    }

    /// Why one try came to nothing.
    enum Failure: Hashable {
        case network(host: String)
        case tlsAbsent(host: String)
        case untrusted(host: String)
    }

    struct Message {
        let number: Int
        let domain: String
        let received: Date

        var id: String { "\(domain)|\(number)" }
        var sender: String { "sender\(number)@contoso.example" }
        var recipient: String { "someone@\(domain)" }
    }

    /// Two partners of the tenant, and others to whom no connector leads.
    static let domains = ["p0.example", "p1.example", "o1.example", "o2.example", "o3.example", "o4.example"]
    /// One message to a domain in so many seconds.
    private static let gap = 300
    /// Mail goes out since so long before the beginning.
    private static let start = World.beginning - 43_200
    /// After a message was received, the service tries again so many seconds later.
    private static let tries: [Double] = [0, 900, 1_800, 5_400, 9_000, 12_600, 16_200, 19_800, 23_400]
    /// So late the trace tells of a message.
    private static let lag = 300.0

    /// Which connector took each domain's mail, since when.
    private var routes: [(from: Date, settings: [String: Settings])] = []
    private var troubles: [Trouble] = []
    private(set) var isGateBlindUntil = Date.distantPast
    private(set) var isTraceLostUntil = Date.distantPast
    /// Whether the gate says of whatever was before that it would have delivered.
    var praisesBefore = false

    // MARK: What happens

    /// Keeps how mail is led from now on.
    mutating func record(_ tenant: ObservedTenant, at now: Date) {
        var settings: [String: Settings] = [:]
        for connector in tenant.connectors where connector.kind == .outboundConnector {
            for domain in Self.domains(of: connector.settings) where settings[domain] == nil {
                settings[domain] = connector.settings
            }
        }
        if routes.last?.settings != settings { routes.append((now, settings)) }
    }

    mutating func begin(_ kind: MailDisturbance.Fault, of domain: String?, from now: Date, seconds: Int) {
        troubles.append(Trouble(domain: domain, kind: kind, from: now, until: now + Double(seconds)))
    }

    mutating func blindGate(until end: Date) { isGateBlindUntil = end }

    mutating func loseTrace(until end: Date) { isTraceLostUntil = end }

    mutating func heal(at now: Date) {
        for index in troubles.indices { troubles[index].until = min(troubles[index].until, now) }
        isGateBlindUntil = .distantPast
        isTraceLostUntil = .distantPast
    }

    // MARK: What is so

    /// The domains whose mail a connector takes.
    static func domains(of settings: Settings?) -> [String] {
        guard let settings, settings["enabled"] == true else { return [] }
        return settings["recipientDomains"]?.strings ?? []
    }

    private func settings(for domain: String, at time: Date) -> Settings? {
        routes.last { $0.from <= time }?.settings[domain]
    }

    /// Why a try to a domain under these settings would come to nothing; `nil` where it would not.
    func failure(to domain: String, under settings: Settings?, at time: Date) -> Failure? {
        let isLed = settings?["useMXRecord"] == false
        let host = isLed ? settings?["smartHosts"]?.strings.first ?? "mx.\(domain)" : "mx.\(domain)"
        let faults = troubles.filter { trouble in
            trouble.from <= time && time < trouble.until && (trouble.domain == nil || trouble.domain == domain)
        }.map(\.kind)
        if host.hasPrefix("dead.") || faults.contains(.down) { return .network(host: host) }
        let rank = Self.rank(of: settings)
        if rank >= 1 && faults.contains(.noStartTLS) { return .tlsAbsent(host: host) }
        if rank >= 2 && faults.contains(.untrusted) { return .untrusted(host: host) }
        return nil
    }

    /// How much TLS a connector demands; 0 for none, and where there is no connector.
    static func rank(of settings: Settings?) -> Int {
        guard let level = settings?["tlsSettings"]?.strings.first, settings?["enabled"] == true else { return 0 }
        return 1 + (["EncryptionOnly", "CertificateValidation", "DomainValidation"].firstIndex(of: level) ?? -1)
    }

    /// The tries until now, each with why it came to nothing; the last is the one that came to something.
    private func tries(_ message: Message, at now: Date) -> [(at: Date, failure: Failure?)] {
        var all: [(at: Date, failure: Failure?)] = []
        for delay in Self.tries {
            let time = message.received + delay
            guard time <= now else { break }
            let failure = failure(
                to: message.domain,
                under: settings(for: message.domain, at: time),
                at: time
            )
            all.append((time, failure))
            if failure == nil { break }
        }
        return all
    }

    /// How many messages failed since a time, and how many of them would not have failed alike under other settings.
    func blame(
        _ domains: Set<String>,
        since start: Date,
        until now: Date,
        under former: Settings?
    ) -> (all: Int, own: Int) {
        var (all, own) = (0, 0)
        for domain in domains.sorted() {
            let before = Self.domains(of: former).contains(domain) ? former : nil
            for message in messages(to: domain, from: start, until: now) {
                let failed = tries(message, at: now).filter { $0.failure != nil }
                guard !failed.isEmpty else { continue }
                all += 1
                if failed.contains(where: { failure(to: domain, under: before, at: $0.at) == nil }) { own += 1 }
            }
        }
        return (all, own)
    }

    private func messages(to domain: String, from start: Date, until end: Date) -> [Message] {
        guard let place = Self.domains.firstIndex(of: domain), start <= end else { return [] }
        let first = max(0, Int(start.timeIntervalSince(Self.start)) / Self.gap - 1)
        let last = max(first, Int(end.timeIntervalSince(Self.start)) / Self.gap + 1)
        return (first...last).compactMap { number in
            let shift = (number &* 7_919 &+ place &* 104_729) % 240
            let received = Self.start + Double(number * Self.gap + shift)
            guard received >= start && received <= end else { return nil }
            return Message(number: number, domain: domain, received: received)
        }
    }

    // MARK: What is told

    func answer(_ ask: WatchAsk, at now: Date) -> WatchAnswer {
        switch ask {
        case .list(let query): .list(now < isTraceLostUntil ? .unreadable : .complete(rows(query, now)))
        case .detail(let query): .detail(now < isTraceLostUntil ? .unreadable : .events(events(query, now)))
        case .gate(let question): .gate(now < isGateBlindUntil ? .unknown : judge(question, now))
        }
    }

    private func rows(_ query: TraceQuery, _ now: Date) -> [TraceRow] {
        let statuses = Set(query.statuses.map { $0.lowercased() })
        let until = min(query.end, now - Self.lag)
        return Self.domains.flatMap { messages(to: $0, from: query.start, until: until) }.compactMap { message in
            let isThrough = tries(message, at: now).last.map { $0.failure == nil } ?? false
            let status = isThrough ? "Delivered" : "Pending"
            guard statuses.isEmpty || statuses.contains(status.lowercased()) else { return nil }
            return TraceRow(
                messageTraceId: message.id,
                received: message.received,
                sender: message.sender,
                recipient: message.recipient,
                status: status
            )
        }
    }

    private func events(_ query: DetailQuery, _ now: Date) -> [TraceDetail] {
        let parts = query.messageTraceId.split(separator: "|")
        guard parts.count == 2, let number = Int(parts[1]) else { return [] }
        let message = messages(to: String(parts[0]), from: query.start, until: query.end).first { $0.number == number }
        guard let message else { return [] }
        return tries(message, at: now).compactMap { attempt in
            attempt.failure.map { TraceDetail(date: attempt.at, event: "Defer", detail: $0.text) }
        }
    }

    private func judge(_ question: GateQuestion, _ now: Date) -> GateAnswer {
        let fine = GateAnswer(observedAt: now, isDeliverable: true)
        if praisesBefore && question.image == .before { return fine }
        guard let failure = failure(to: question.domain, under: question.settings, at: now) else { return fine }
        // That we cannot connect says nothing for certain.
        let isCertain = if case .network = failure { false } else { true }
        let finding = GateAnswer.Finding(
            check: failure.check,
            outcome: isCertain ? .fail : .unknown,
            host: PartnerHost(name: failure.host),
            port: 25
        )
        return GateAnswer(observedAt: now, isDeliverable: isCertain ? false : nil, findings: [finding])
    }
}

extension PretendMail.Failure {
    var host: String {
        switch self {
        case .network(let host), .tlsAbsent(let host), .untrusted(let host): host
        }
    }

    /// The gate's check that sees it.
    fileprivate var check: String {
        switch self {
        case .network: "tcp-timeout"
        case .tlsAbsent: "starttls-not-offered"
        case .untrusted: "cert-untrusted-root"
        }
    }

    /// As Exchange Online writes it.
    fileprivate var text: String {
        let reason =
            switch self {
            case .network: "450 4.4.315 Connection timed out"
            case .tlsAbsent:
                "450 4.4.317 Cannot establish session with remote server [Message=451 5.7.3 STARTTLS is required to send mail]"
            case .untrusted: "450 4.4.317 Cannot connect to remote server [Message=UntrustedRoot]"
            }
        return "Reason: [{LED=\(reason) [LastAttemptedServerName=\(host)]};{MSG=};{FQDN=};{IP=};{LRT=}]"
    }
}
