import Connectors
import FoundationEssentials
import Scheduling

/// When a tenant's credential ends, and what was told of it; pure, and kept in the store.
struct CredentialMemory: Hashable, Sendable, Codable {
    /// `nil` where it cannot be told.
    private(set) var end: Date?
    /// When it was asked for last, since the process began.
    private(set) var askedAt: Date?
    private var ledger: CertificateLedger

    private enum CodingKeys: String, CodingKey { case end, ledger }

    init(tenant: String) { ledger = CertificateLedger(tenant: tenant, of: .credential) }

    /// Takes over what was learnt, and answers with what is to be told.
    mutating func take(_ end: Date?, of tenant: String, at now: Date) -> [EventDraft] {
        self.end = end
        askedAt = now
        // What cannot be told says nothing of what was told before.
        guard let end else { return [] }
        let object = "Credential/\(tenant)"
        return ledger.look(
            at: [EndingCertificate(object: object, subject: tenant, notAfter: end)],
            of: [object],
            at: now
        )
    }
}
