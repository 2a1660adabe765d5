/// Why observations cannot be made at all; what goes wrong with a partner's servers is an observation, not an error.
package enum ProbingError: Error, Hashable, Sendable {
    /// OpenSSL refused its settings, or memory is short.
    case tlsUnavailable(ProbeProfile?)
    /// A step of setting the resolver up, and libunbound's words for what went wrong.
    case resolverSetup(step: String, reason: String)
    /// A file of DNSSEC trust anchors that holds none.
    case noTrustAnchors(file: String)

    /// A stable name for scripts.
    package var id: String {
        switch self {
        case .tlsUnavailable: "tls-unavailable"
        case .resolverSetup: "resolver-setup"
        case .noTrustAnchors: "dnssec-anchors-missing"
        }
    }

    package var reason: String {
        switch self {
        case .tlsUnavailable(let profile):
            "OpenSSL cannot be used with the settings of the \(profile?.rawValue ?? "chosen") profile"
        case .resolverSetup(let step, let reason): "The DNS resolver could not be set up: \(step): \(reason)"
        case .noTrustAnchors(let file): "\(file) holds no DNSSEC trust anchor that can be read"
        }
    }

    package var remedy: String {
        switch self {
        case .tlsUnavailable:
            "Install Debian's libssl3; a policy in /etc/ssl/openssl.cnf that forbids the profile's suites has to go."
        case .resolverSetup:
            "Check gate.resolver (an address, with a port behind @) and gate.dnssecAnchors in the configuration."
        case .noTrustAnchors:
            "Install the Debian package dns-root-data, or name a file of DS or DNSKEY records in gate.dnssecAnchors."
        }
    }
}

extension ProbingError: CustomStringConvertible {
    package var description: String { "\(reason). \(remedy)" }
}
