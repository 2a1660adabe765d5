/// Why Exchange Online could not deliver a message, as far as its own text says.
package enum CauseClass: String, Hashable, Sendable, Codable, CaseIterable {
    case ownPolicy = "own-policy"
    case tlsAbsent = "tls-absent"
    case tlsName = "tls-name"
    case tlsUntrusted = "tls-untrusted"
    case tlsHandshake = "tls-handshake"
    case sts
    case dane
    case tlsCertificate = "tls-certificate"
    case network
    case refused
    /// Everything else: no field of a connector is known to cause it.
    case other = "none"

    /// Whether it is about encryption or certificates, so that looking at the server may show the same.
    package var isOfTLS: Bool {
        switch self {
        case .tlsAbsent, .tlsName, .tlsUntrusted, .tlsHandshake, .sts, .dane, .tlsCertificate: true
        case .ownPolicy, .network, .refused, .other: false
        }
    }
}
