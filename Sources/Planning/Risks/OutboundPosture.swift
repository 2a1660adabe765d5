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
    /// Whether mail is sent only to partners with DANE records.
    let demandsDANE: Bool

    init(_ settings: NormalSettings?) {
        isInUse = settings.map { $0.isOn("enabled") && !$0.isOn("testMode") } ?? false
        guard let settings, isInUse else {
            level = .opportunistic
            name = nil
            demandsDANE = false
            return
        }
        switch settings.word("tlsSettings") {
        case "EncryptionOnly": level = .encryptionOnly
        case "CertificateValidation": level = .certificateValidation
        case "DomainValidation": level = .domainValidation
        default: level = .opportunistic
        }
        name = level == .domainValidation ? settings.word("tlsDomain") : nil
        demandsDANE = settings.word("smtpDaneMode") == "Mandatory"
    }

    var isForced: Bool { level > .opportunistic }

    /// Whether mail is refused under some condition.
    var protects: Bool { isForced || demandsDANE }

    /// What the other server must show, to go behind "needs".
    var demand: String {
        let dane = demandsDANE ? " and DANE" : ""
        switch level {
        case .opportunistic: return demandsDANE ? "DANE" : "no TLS"
        case .encryptionOnly: return "TLS with any certificate\(dane)"
        case .certificateValidation: return "TLS with a trusted certificate\(dane)"
        case .domainValidation:
            return "TLS with a trusted certificate for \((name ?? "a name").escapingControls)\(dane)"
        }
    }
}
