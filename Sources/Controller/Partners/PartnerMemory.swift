import Connectors
import Crypto
import FoundationEssentials
import Reconciling
import Scheduling
import TLSGate

/// What was seen of a tenant's partners; pure, and kept in the store.
struct PartnerMemory: Hashable, Sendable, Codable {
    private let tenant: String
    /// The commit whose definitions name the partners; asked for again after a restart.
    private(set) var revision: String?
    private(set) var partners: [ConnectorKey] = []
    /// When each was last looked at, by its name.
    private var looked: [String: Date] = [:]
    private(set) var certificates: [String: [PartnerCertificate]] = [:]
    /// When each was last looked at out of turn.
    private var hurried: [String: Date] = [:]
    /// Those of which the last look saw nothing.
    private var missed: [String: Miss] = [:]
    /// Between these times none is due, as was reckoned.
    private var quiet: Range<Date>?
    private var ledger: ConditionLedger
    private var ends: CertificateLedger

    private struct Miss: Hashable, Sendable {
        /// How often in a row.
        var times: Int
        var next: Date
    }

    /// Mail that fails is told of every few minutes; the partner's server is not asked as often.
    private static let hurryInterval: TimeInterval = 3_600
    /// After the first look that saw nothing, doubled each time; the longest is a quarter of a day.
    private static let missPause: TimeInterval = 300
    private static let longestMissPause: TimeInterval = 21_600
    private static let day: TimeInterval = 86_400

    private enum CodingKeys: String, CodingKey { case tenant, looked, certificates, ledger, ends }

    init(tenant: String) {
        self.tenant = tenant
        ledger = ConditionLedger(tenant: tenant)
        ends = CertificateLedger(tenant: tenant)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        looked = try container.decode([String: Date].self, forKey: .looked)
        certificates = try container.decode([String: [PartnerCertificate]].self, forKey: .certificates)
        ledger = try container.decode(ConditionLedger.self, forKey: .ledger)
        ends = try container.decode(CertificateLedger.self, forKey: .ends)
        // An earlier version left it to the ledger.
        tenant = try container.decodeIfPresent(String.self, forKey: .tenant) ?? ledger.tenant ?? ""
    }

    // MARK: When

    /// The partners whose turn has come, in the order of the definitions.
    mutating func due(at now: Date) -> [ConnectorKey] {
        if let quiet, quiet.contains(now) { return [] }
        let due = partners.filter { isDue($0, at: now) }
        quiet = nil
        if due.isEmpty, let next = partners.map({ next($0) }).min(), next > now { quiet = now..<next }
        return due
    }

    func isDue(_ connector: ConnectorKey, at now: Date) -> Bool {
        let next = next(connector)
        // A clock that was set back must not silence it.
        return next <= now || next > now.addingTimeInterval(Self.day)
    }

    /// Each partner has a time of the day of its own, so that a thousand are not asked at once: it is due when that time has
    /// come since the last look, or when there was none.
    private func next(_ connector: ConnectorKey) -> Date {
        if let miss = missed["\(connector)"] { return miss.next }
        guard let last = looked["\(connector)"]?.timeIntervalSince1970 else { return .distantPast }
        let slot = (last / Self.day).rounded(.down) * Self.day + Self.slot(connector, of: tenant)
        return Date(timeIntervalSince1970: slot > last ? slot : slot + Self.day)
    }

    /// Makes these due, unless that was done within the hour.
    mutating func hurry(_ connectors: Set<ConnectorKey>, at now: Date) {
        quiet = nil
        for name in connectors.map({ "\($0)" }) {
            if let last = hurried[name], last <= now, now.timeIntervalSince(last) < Self.hurryInterval { continue }
            hurried[name] = now
            looked[name] = nil
            missed[name] = nil
        }
    }

    /// A look saw nothing, or could not be made: it is made again soon, and later each time.
    ///
    /// - Parameter chance: A number by chance, at least 0 and below 1.
    mutating func miss(_ connector: ConnectorKey, at now: Date, chance: Double) {
        quiet = nil
        let times = min((missed["\(connector)"]?.times ?? 0) + 1, 16)
        var pause = Self.missPause
        for _ in 1..<times { pause = min(pause * 2, Self.longestMissPause) }
        missed["\(connector)"] = Miss(times: times, next: now.addingTimeInterval(pause * (0.75 + 0.25 * chance)))
    }

    /// What kept us from seeing partners is over: those that were missed are due.
    mutating func forgetMisses() {
        quiet = nil
        missed = [:]
    }

    /// Seconds into the day.
    private static func slot(_ connector: ConnectorKey, of tenant: String) -> TimeInterval {
        let digest = SHA256.hash(data: Data("\(tenant)/\(connector)".utf8))
        let number = digest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return TimeInterval(number % 86_400)
    }

    // MARK: Which

    /// Takes over the partners that a commit names, and answers with what is to be told of those that are gone.
    mutating func keep(_ connectors: [ConnectorKey], of revision: String, at now: Date) -> [EventDraft] {
        self.revision = revision
        partners = connectors
        quiet = nil
        let names = Set(connectors.map { "\($0)" })
        looked = looked.filter { names.contains($0.key) }
        hurried = hurried.filter { names.contains($0.key) }
        missed = missed.filter { names.contains($0.key) }
        var drafts: [EventDraft] = []
        for object in Set(ledger.conditions.map(\.object)).subtracting(names).sorted() {
            drafts += ledger.replace([.preflightPassed], of: object, with: [], at: now)
        }
        for object in certificates.keys.filter({ !names.contains($0) }).sorted() {
            let hosts = Set(certificates.removeValue(forKey: object)?.map(\.host) ?? [])
            drafts += ends.look(at: [], of: objects(only: hosts), at: now)
        }
        return drafts
    }

    /// The definitions of a commit could not be read; those of the last one that could still count.
    mutating func pass(_ revision: String) { self.revision = revision }

    /// The hosts that no other partner is known to lead to, as the ledger names them.
    private func objects(only hosts: Set<String>, of connector: String? = nil) -> Set<String> {
        let others = certificates.filter { $0.key != connector }.values.flatMap { $0.map(\.host) }
        return Set(hosts.subtracting(others).map { "Partner/\($0)".escapingControls })
    }

    // MARK: What was seen

    /// Takes over what was seen of one partner, and answers with what is to be told.
    ///
    /// What the look could not see stays as it was: an alarm is over only when it was seen to be over.
    mutating func take(_ look: PartnerLook, at now: Date, chance: Double) -> [EventDraft] {
        let object = "\(look.connector)"
        let sight = look.sight
        quiet = nil
        if sight.isBlind {
            miss(look.connector, at: now, chance: chance)
        } else {
            looked[object] = now
            missed[object] = nil
        }
        let findings = look.findings.filter { $0.outcome == .fail || $0.outcome == .warn }.map { finding in
            Finding(
                object,
                .preflightPassed,
                status: .false,
                reason: finding.check,
                severity: finding.outcome == .fail ? .high : .warning,
                message: "\(finding.host): \(finding.message)".escapingControls
            )
        }
        var drafts = ledger.replace(
            [.preflightPassed],
            of: object,
            with: findings,
            leaving: { condition in
                sight.isBlind || sight.unseen.contains { condition.message.hasPrefix("\($0): ".escapingControls) }
            },
            at: now
        )
        guard !sight.isBlind else { return drafts }
        drafts += takeCertificates(look, at: now)
        return drafts
    }

    private mutating func takeCertificates(_ look: PartnerLook, at now: Date) -> [EventDraft] {
        let object = "\(look.connector)"
        let seen = look.certificates.map { certificate in
            PartnerCertificate(
                tenant: tenant,
                host: certificate.host,
                names: certificate.names,
                issuer: certificate.issuer,
                notAfter: certificate.notAfter
            )
        }
        let former = certificates[object] ?? []
        let unseen = former.filter { look.sight.unseen.contains($0.host) }
        let drafts = changes(former, seen, object, now)
        certificates[object] = seen + unseen
        let hosts = Set((seen + former).map(\.host)).subtracting(unseen.map(\.host))
        let gone = objects(only: hosts.subtracting(seen.map(\.host)), of: object)
        return drafts
            + ends.look(
                at: seen.map { certificate in
                    EndingCertificate(
                        object: "Partner/\(certificate.host)".escapingControls,
                        subject: "\(certificate.host) (\(certificate.names))".escapingControls,
                        notAfter: certificate.notAfter
                    )
                },
                of: gone.union(seen.map { "Partner/\($0.host)".escapingControls }),
                at: now
            )
    }

    /// Reminds of what stays wrong.
    mutating func reminders(at now: Date) -> [EventDraft] {
        guard let next = ledger.nextReminder, next <= now || next > now.addingTimeInterval(Self.day) else { return [] }
        return ledger.reminders(at: now)
    }

    /// Names or issuers that are others than the last time; the servers of one host may have one each.
    private func changes(
        _ former: [PartnerCertificate],
        _ seen: [PartnerCertificate],
        _ object: String,
        _ now: Date
    ) -> [EventDraft] {
        seen.compactMap { certificate in
            let ofHost = former.filter { $0.host == certificate.host }
            guard let before = ofHost.first,
                !ofHost.contains(where: { $0.names == certificate.names && $0.issuer == certificate.issuer })
            else { return nil }
            let what =
                before.issuer == certificate.issuer
                ? "named \(before.names) before, and names \(certificate.names) now"
                : "was issued by \(before.issuer) before, and is by \(certificate.issuer) now"
            return EventDraft(
                time: now,
                tenant: tenant,
                object: object,
                condition: .certificateChanged,
                reason: before.issuer == certificate.issuer ? "names" : "issuer",
                severity: .info,
                message: "The certificate of \(certificate.host) \(what).".escapingControls
            )
        }
    }
}
