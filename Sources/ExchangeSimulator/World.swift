import Crypto
import FoundationEssentials

/// Everything the simulator holds, and the order in which a request is dealt with.
struct World {
    /// Pages that wait behind a continuation link.
    ///
    /// Section 2.5.
    struct Page {
        let rows: [JSON]
        /// The body that has to be sent again.
        let body: [UInt8]
        let fails: Bool
    }

    var tenants: [Tenant]
    /// Where a tenant is, by its names when it was seeded: there may be thousands.
    private var places: [String: Int]
    var faults: [Fault] = []
    var log: [LoggedRequest] = []
    var random: Random
    var pages: [String: Page] = [:]
    var auditQueries: [String: AuditQuery] = [:]
    var port = 0
    let key = SymmetricKey(size: .bits256)
    private let clock: @Sendable () -> Date
    /// How far the clock was moved ahead, in seconds.
    private var ahead = 0
    private(set) var settings: Seed
    private let latency: Duration
    /// How many requests there have been, those for control aside.
    private(set) var arrivals = 0
    private var inFlight: [String: Int] = [:]
    private var peaks: [String: Int] = [:]

    init(_ seed: Seed, latency: Duration, randomness: UInt64, now: @escaping @Sendable () -> Date) {
        settings = seed
        tenants = seed.tenants
        places = Self.places(of: seed)
        random = Random(randomness)
        clock = now
        self.latency = latency
    }

    mutating func take(_ seed: Seed) {
        settings = seed
        tenants = seed.tenants
        places = Self.places(of: seed)
        pages = [:]
    }

    var now: Date { clock().addingTimeInterval(Double(ahead)) }

    mutating func moveClock(by seconds: Int) {
        ahead += seconds
        catchUpMail()
    }

    /// Lets messages come in and be delivered up to now, through the connectors as they are.
    mutating func catchUpMail() {
        let now = now
        for index in tenants.indices where tenants[index].mail != nil { tenants[index].catchUpMail(now) }
    }

    var state: JSON {
        var seed = settings
        seed.tenants = tenants
        return seed.json
    }

    mutating func catchUp() {
        for index in tenants.indices { tenants[index].catchUp() }
    }

    private static func places(of seed: Seed) -> [String: Int] {
        var places: [String: Int] = [:]
        for (index, tenant) in seed.tenants.enumerated() {
            for name in tenant.names where places[name.asciiLowercased] == nil { places[name.asciiLowercased] = index }
        }
        return places
    }

    func index(of name: String) -> Int? {
        if let place = places[name.asciiLowercased], tenants[place].isCalled(name) { return place }
        return tenants.firstIndex { $0.isCalled(name) }
    }

    func tenant(called name: String) -> Tenant? { index(of: name).map { tenants[$0] } }

    static func faults(_ json: String) throws(SimulatorError) -> [Fault] {
        var faults: [Fault] = []
        for node in try DocumentNode.faults(json).items() { faults.append(try Fault(node)) }
        return faults
    }

    // MARK: Requests

    mutating func answer(_ request: Request) -> (Answer, Ticket) {
        // Before the tenants are looked at: what came so far went through the connectors as they were so far.
        catchUpMail()
        let call = Call(request, token: token(of: request)) { tenant(called: $0) }
        if case .control(let name) = call.route {
            return (control(name, request), Ticket(number: 0, tenantId: nil))
        }
        arrivals += 1
        let ticket = Ticket(number: arrivals, tenantId: call.route.isForTenant ? call.tenant?.tenantId : nil)
        arrived(ticket)
        let fault = faults.indices.first { faults[$0].strikes(call) }
        var entry = LoggedRequest(call, number: arrivals, time: now, fault: fault)
        let effect = fault.map { faults[$0].effect } ?? .none
        var answer: Answer
        (answer, entry.changedTenant) = respond(to: call, effect: effect)
        entry.status = answer.delivery == .dropped ? nil : answer.status
        log.append(entry)
        answer.delay += latency
        if answer.headers.allSatisfy({ !$0.name.isSame(ignoringCase: "Date") }) {
            answer.headers.append(("Date", Timestamp.header(now)))
        }
        return (answer, ticket)
    }

    private mutating func arrived(_ ticket: Ticket) {
        guard let tenant = ticket.tenantId else { return }
        inFlight[tenant, default: 0] += 1
        peaks[tenant] = max(peaks[tenant] ?? 0, inFlight[tenant] ?? 0)
    }

    mutating func finished(_ ticket: Ticket) {
        if let tenant = ticket.tenantId { inFlight[tenant, default: 1] -= 1 }
    }

    func flight(of tenantId: String) -> Int { inFlight[tenantId] ?? 0 }

    func peak(of name: String) -> Int { index(of: name).flatMap { peaks[tenants[$0].tenantId] } ?? 0 }

    private mutating func respond(to call: Call, effect: Effect) -> (Answer, changed: Bool) {
        if let edit = effect.editBefore, let tenant = call.tenant { try? self.edit(tenant: tenant.tenantId, edit) }
        var result: (answer: Answer, changed: Bool)
        if effect.drop == .before {
            result = (Answer(0), false)
        } else if let refusal = effect.refusal, !isAnswered(refusal, by: call) {
            let changed = effect.isApplied ? perform(call, effect).changed : false
            result = (refuse(refusal, call, effect), changed)
        } else {
            result = perform(call, effect)
        }
        if let edit = effect.editAfter, let tenant = call.tenant { try? self.edit(tenant: tenant.tenantId, edit) }
        effect.shape(&result.answer)
        return result
    }

    /// A challenge is answered by a token that was asked for with its claims.
    ///
    /// Section 1.4.
    private func isAnswered(_ refusal: Refusal, by call: Call) -> Bool {
        guard case .claimsChallenge = refusal else { return false }
        return token(of: call.request)?.answersChallenge ?? false
    }

    mutating func perform(_ call: Call, _ effect: Effect) -> (answer: Answer, changed: Bool) {
        switch call.route {
        case .token: (tokenAnswer(call), false)
        case .instanceMetadata: (instanceMetadataAnswer(call.request), false)
        case .appService: (appServiceAnswer(call.request), false)
        case .moduleFile: (moduleFile(call), false)
        case .invoke: invoke(call, effect)
        case .batch: batch(call)
        case .graph(let path): (graph(path, call), false)
        case .activity(_, let steps): (activityFeed(steps, call), false)
        case .control, .unknown: (.text(404, "There is nothing at \(call.request.path)."), false)
        }
    }

    private mutating func refuse(_ refusal: Refusal, _ call: Call, _ effect: Effect) -> Answer {
        var answer: Answer =
            switch refusal {
            case .error(let error):
                error.answer(oddForms: call.tenant?.quirks.oddForms ?? true, random: &random)
            case .body(let status, let type, let bytes):
                Answer(status, headers: type.map { [("Content-Type", $0)] } ?? [], body: bytes)
            case .throttled: Answer(429)
            case .concurrency(let status): .text(status, Refusal.concurrencyText)
            case .forbidden(let form): form.answer
            case .unauthorized: Self.unauthorized(claims: nil)
            case .claimsChallenge: Self.unauthorized(claims: Self.challenge)
            case .token(let code): TokenRefusal(code).answer(now: now, random: &random)
            case .redirect(let host):
                Answer(
                    302,
                    headers: [
                        (
                            "Location",
                            host.contains("://")
                                ? host : "https://\(host).outlook.office365.com:444\(call.request.target)"
                        )
                    ]
                )
            }
        if let seconds = effect.retryAfter { answer.headers.append(("Retry-After", seconds)) }
        return answer
    }
}
