package import Connectors
package import FoundationEssentials

/// What the gate says of one connector, and what that rests on.
package struct Judgement: Hashable, Sendable, Codable {
    package var connector: ConnectorKey
    package var verdict: Verdict
    /// The gravest first; passes and facts are among them.
    package var findings: [Finding]
    package var nextHops: [NextHopVerdict]
    /// When the oldest observation in it was made; `nil` when nothing was observed.
    package var observedAt: Date?
    /// When a part of it may no longer be reused: an answer's time to live, a probe's age, a certificate's end.
    package var expiresAt: Date
    /// SHA-256 over the fields that were judged and the roots: another digest is another verdict.
    package var digest: String
    /// When to try again what is held.
    package var retryAt: Date?
    /// The certificates that were seen, soonest end first.
    package var forecasts: [CertificateForecast]

    private enum CodingKeys: String, CodingKey {
        case connector, verdict, findings, nextHops, observedAt, expiresAt, digest, retryAt
        case forecasts = "certificates"
    }

    package init(
        connector: ConnectorKey,
        verdict: Verdict,
        findings: [Finding],
        nextHops: [NextHopVerdict] = [],
        observedAt: Date? = nil,
        expiresAt: Date,
        digest: String,
        retryAt: Date? = nil,
        forecasts: [CertificateForecast] = []
    ) {
        self.connector = connector
        self.verdict = verdict
        self.findings = findings
        self.nextHops = nextHops
        self.observedAt = observedAt
        self.expiresAt = expiresAt
        self.digest = digest
        self.retryAt = retryAt
        self.forecasts = forecasts
    }
}

/// What becomes of mail at one address, one host or a whole next hop.
package enum Deliverability: String, Hashable, Sendable, Codable, CaseIterable {
    case deliverable
    case degraded
    case unknown
    case undeliverable
}

package struct AddressVerdict: Hashable, Sendable, Codable {
    package var address: String
    package var result: Deliverability
}

package struct HostVerdict: Hashable, Sendable, Codable {
    package var host: String
    package var preference: Int
    package var result: Deliverability
    package var addresses: [AddressVerdict]
}

package struct NextHopVerdict: Hashable, Sendable, Codable {
    /// The recipient domain, or the smart hosts.
    package var name: String
    package var result: Deliverability
    package var verdict: Verdict
    package var hosts: [HostVerdict]
}

/// A certificate that was seen, and when it ends.
package struct CertificateForecast: Hashable, Sendable, Codable {
    package var connector: ConnectorKey
    /// The servers that present it, as `mx1.partner.example [192.0.2.1]:25`, or the definition's sample.
    package var subjects: [String]
    /// The certificate's subject, or a name in it.
    package var name: String
    package var sha256: String
    /// The names that it is for, as `DNS:mail.partner.example`; one text, as the evidence of findings has it.
    package var names: String
    package var issuer: String
    package var notAfter: Date
    /// False for a certificate above the server's own.
    package var isLeaf: Bool

    package init(
        connector: ConnectorKey,
        subjects: [String],
        name: String,
        sha256: String,
        names: String,
        issuer: String,
        notAfter: Date,
        isLeaf: Bool
    ) {
        self.connector = connector
        self.subjects = subjects
        self.name = name
        self.sha256 = sha256
        self.names = names
        self.issuer = issuer
        self.notAfter = notAfter
        self.isLeaf = isLeaf
    }
}
