import Connectors

/// The hosts that a tenant's token may be sent to, and the one that answers for the tenant.
///
/// Source: the ScubaGear client: a redirect of EXOModuleFile names a regional host by its first label.
struct TrustedHosts: Hashable, Sendable {
    /// The configured endpoint: `https://outlook.office365.com`.
    let origin: Origin

    /// The regional host that a redirect's `Location` names by its first label, always below the configured endpoint;
    /// nothing for a `Location` that names none, or where the endpoint is an address and has no hosts below it.
    func region(location: String) -> Origin? {
        guard let target = Origin(location), !target.host.hasPrefix("["), !isAddress else { return nil }
        guard let label = target.host.split(separator: ".").first, target.host.contains(".") else { return nil }
        guard label.utf8.allSatisfy(Self.isLabelByte), target.host != origin.host else { return nil }
        let port = origin.port.map { ":\($0)" } ?? ""
        return Origin("\(origin.scheme)://\(label).\(origin.host)\(port)")
    }

    /// Whether a continuation may be followed with the token: the same scheme and port, the endpoint or a host below it,
    /// and a path of the admin API.
    func owns(link: String) -> Bool {
        guard let target = Origin(link) else { return false }
        guard target.scheme == origin.scheme, target.effectivePort == origin.effectivePort else { return false }
        guard target.host == origin.host || !isAddress && target.host.hasSuffix(".\(origin.host)") else { return false }
        return target.rest.lowercased().hasPrefix("/adminapi/") && !target.rest.contains("/../")
    }

    private var isAddress: Bool {
        origin.host.hasPrefix("[") || origin.host.split(separator: ".").allSatisfy { UInt8($0) != nil }
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte == UInt8(ascii: "-")
    }
}
