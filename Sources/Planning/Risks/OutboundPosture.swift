import Connectors

/// What an outbound connector demands before it sends; one that is absent or out of use demands nothing.
struct OutboundPosture {
    enum Level: Int, Comparable {
        case opportunistic
        case encryptionOnly
        case certificateValidation
        case domainValidation

        static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    let isInUse: Bool
    let level: Level
    /// The name that the certificate must carry, at the highest level.
    let name: String?

    init(_ settings: NormalSettings?) {
        isInUse = settings.map { $0.isOn("enabled") && !$0.isOn("testMode") } ?? false
        guard let settings, isInUse else {
            level = .opportunistic
            name = nil
            return
        }
        switch settings.word("tlsSettings") {
        case "EncryptionOnly": level = .encryptionOnly
        case "CertificateValidation": level = .certificateValidation
        case "DomainValidation": level = .domainValidation
        default: level = .opportunistic
        }
        name = level == .domainValidation ? settings.word("tlsDomain") : nil
    }

    var isForced: Bool { level > .opportunistic }

    /// What the other server must show, to go behind "needs".
    var demand: String {
        switch level {
        case .opportunistic: "no TLS"
        case .encryptionOnly: "TLS, with any certificate"
        case .certificateValidation: "TLS, with a trusted certificate"
        case .domainValidation: "TLS, with a trusted certificate for \((name ?? "a name").escapingControls)"
        }
    }
}
