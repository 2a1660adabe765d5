package import Connectors
import Crypto
import FoundationEssentials

/// The fields that a verdict rests on: when one of them changes, it is another verdict.
enum JudgedFields {
    static func names(_ kind: ConnectorKind) -> [String] {
        switch kind {
        case .outboundConnector:
            [
                "connectorType", "isTransportRuleScoped", "mtaStsMode", "recipientDomains", "smartHosts",
                "smtpDaneMode",
                "tlsDomain", "tlsSettings", "useMXRecord", "validationRecipients",
            ]
        case .inboundConnector:
            [
                "connectorType", "requireTls", "restrictDomainsToCertificate", "restrictDomainsToIPAddresses",
                "senderDomains", "senderIPAddresses", "tlsSenderCertificateName",
            ]
        case .transportRule: []
        }
    }

    /// Whether a connector in the tenant differs in what is judged, or in whether it is in use.
    static func differ(_ kind: ConnectorKind, _ one: Settings, _ other: Settings) -> Bool {
        !changed(names(kind) + ["enabled"], kind, one, other).isEmpty
    }

    /// Which of the fields differ, Exchange's defaults standing for what is not set.
    static func changed(_ names: [String], _ kind: ConnectorKind, _ one: Settings, _ other: Settings) -> [String] {
        let (one, other) = (one.overDefaults(of: kind), other.overDefaults(of: kind))
        return names.filter { name in
            one[name].map { kind.field(name)?.normal($0) ?? $0 }
                != other[name].map { kind.field(name)?.normal($0) ?? $0 }
        }
    }

    static func digest(_ kind: ConnectorKind, _ settings: Settings, roots: TrustRoots) -> String {
        var judged: Settings = [:]
        for name in names(kind) {
            guard let value = settings[name] else { continue }
            judged[name] = kind.field(name)?.normal(value) ?? value
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = (try? encoder.encode(judged)).map { [UInt8]($0) } ?? []
        return "sha256:" + hexadecimal(SHA256.hash(data: bytes + Array("\n\(roots.digest)".utf8)))
    }
}

extension Gate {
    /// What of a connector has changed that verdicts rest on: names of fields, and `evidence` for the sample of an inbound one.
    package static func changedFields(_ old: DesiredConnector, _ new: DesiredConnector) -> [String] {
        let fields = JudgedFields.changed(JudgedFields.names(new.kind), new.kind, old.settings, new.settings)
        let isSampled = new.kind == .inboundConnector && old.evidenceCertificate != new.evidenceCertificate
        return fields + (isSampled ? ["evidence"] : [])
    }

    /// Whether the certificate that a partner sends with has to be shown, or its absence accepted, before this is applied.
    ///
    /// Not where a comment changes, nor where a connector that was weakened by hand is put back.
    ///
    /// - Parameters:
    ///   - before: What the tenant has; `nil` for nothing.
    ///   - applied: What was last written and confirmed.
    package static func isEvidenceDue(
        _ kind: ConnectorKind,
        _ settings: Settings,
        before: Settings?,
        applied: Settings?
    ) -> Bool {
        guard let before, JudgedFields.differ(kind, settings, before) else { return before == nil }
        guard let applied else { return true }
        return JudgedFields.differ(kind, settings, before.merging(applied) { _, own in own })
    }
}
