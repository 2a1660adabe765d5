import Connectors
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
