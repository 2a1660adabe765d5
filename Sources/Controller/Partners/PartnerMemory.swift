import Connectors
import Crypto
import FoundationEssentials
import Reconciling
import Scheduling
import TLSGate

/// What was seen of a tenant's partners; pure, and kept in the store.
struct PartnerMemory: Hashable, Sendable, Codable {
    /// The commit whose definitions name them; asked for again after a restart.
    var revision: String?
    var partners: [ConnectorKey] = []
    /// When each was last looked at, by its name.
    var looked: [String: Date] = [:]
    var certificates: [String: [PartnerCertificate]] = [:]
    /// When each was last looked at out of turn.
    private var hurried: [String: Date] = [:]
    /// Mail that fails is told of every few minutes; the partner's server is not asked as often.
    private static let hurryInterval: TimeInterval = 3_600
    private var ledger: ConditionLedger
    private var ends: CertificateLedger

    private enum CodingKeys: String, CodingKey { case looked, certificates, ledger, ends }

    init(tenant: String) {
        ledger = ConditionLedger(tenant: tenant)
        ends = CertificateLedger(tenant: tenant)
    }

    /// Each partner has a time of the day of its own, so that a thousand are not asked at once; one that was never looked at, or
    /// not for a day, is looked at when that time comes.
    func isDue(_ connector: ConnectorKey, of tenant: String, at now: Date) -> Bool {
        let slot = Self.slot(connector, of: tenant)
        let today = (now.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400
        let lastSlot = today + slot <= now.timeIntervalSince1970 ? today + slot : today + slot - 86_400
        guard let last = looked["\(connector)"] else { return true }
        // A clock that was set back must not silence it.
        return last.timeIntervalSince1970 < lastSlot || last > now
    }

    /// Makes these due, unless that was done within the hour.
    mutating func hurry(_ connectors: Set<ConnectorKey>, at now: Date) {
        for name in connectors.map({ "\($0)" }) {
            if let last = hurried[name], last <= now, now.timeIntervalSince(last) < Self.hurryInterval { continue }
            hurried[name] = now
            looked[name] = nil
        }
    }

    /// Seconds into the day.
    private static func slot(_ connector: ConnectorKey, of tenant: String) -> TimeInterval {
        let digest = SHA256.hash(data: Data("\(tenant)/\(connector)".utf8))
        let number = digest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return TimeInterval(number % 86_400)
    }

    /// Forgets partners that are no longer defined.
    mutating func keep(_ connectors: [ConnectorKey]) {
        let names = Set(connectors.map { "\($0)" })
        looked = looked.filter { names.contains($0.key) }
        hurried = hurried.filter { names.contains($0.key) }
        certificates = certificates.filter { names.contains($0.key) }
    }

    /// Takes over what was seen of one partner, and answers with what is to be told.
    mutating func take(_ look: PartnerLook, of tenant: String, at now: Date) -> [EventDraft] {
        let object = "\(look.connector)"
        looked[object] = now
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
        var drafts = ledger.replace([.preflightPassed], of: object, with: findings, at: now)
        let seen = look.certificates.map { certificate in
            PartnerCertificate(
                tenant: tenant,
                host: certificate.host,
                names: certificate.names,
                issuer: certificate.issuer,
                notAfter: certificate.notAfter
            )
        }
        if let former = certificates[object], !seen.isEmpty { drafts += changes(former, seen, object, tenant, now) }
        certificates[object] = seen
        drafts += ends.look(
            at: seen.map { certificate in
                EndingCertificate(
                    object: "Partner/\(certificate.host)".escapingControls,
                    subject: "\(certificate.host) (\(certificate.names))".escapingControls,
                    notAfter: certificate.notAfter
                )
            },
            of: Set(seen.map { "Partner/\($0.host)".escapingControls }),
            at: now
        )
        return drafts
    }

    /// Names or issuers that are others than the last time.
    private func changes(
        _ former: [PartnerCertificate],
        _ seen: [PartnerCertificate],
        _ object: String,
        _ tenant: String,
        _ now: Date
    ) -> [EventDraft] {
        seen.compactMap { certificate in
            guard let before = former.first(where: { $0.host == certificate.host }),
                before.names != certificate.names || before.issuer != certificate.issuer
            else { return nil }
            let what =
                before.issuer == certificate.issuer
                ? "names \(before.names) before, and names \(certificate.names) now"
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

extension ConditionType {
    static let certificateChanged = ConditionType(rawValue: "certificate-changed")
}
