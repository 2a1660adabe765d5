/// In what order hosts are tried, and how many of them are looked at.
enum HostOrder {
    /// The hosts of an MX answer by preference, then by name.
    ///
    /// The null MX `.` is not a host (RFC 7505 3).
    static func sorted(_ mx: DNSObservation) -> [HostObservations] {
        var hosts: [HostObservations] = []
        var known: Set<String> = []
        for record in mx.answers {
            guard case .mx(let preference, let host) = record.data, host != "." else { continue }
            guard known.insert("\(preference) \(host)").inserted else { continue }
            hosts.append(HostObservations(host: host, preference: preference))
            if NetworkAddress(host) != nil {
                hosts[hosts.count - 1].notProbed = .other("an MX has to point at a name, not at an address")
            }
        }
        return hosts.sorted { ($0.preference, $0.host) < ($1.preference, $1.host) }
    }

    /// The hosts that are looked at; the rest is only counted.
    static func capped(_ hosts: [HostObservations], to most: Int, leftOut: inout LeftOut) -> [HostObservations] {
        let best = hosts.first?.preference
        for host in hosts.dropFirst(most) { leftOut.add(host: host.host, isBest: host.preference == best) }
        return Array(hosts.prefix(most))
    }
}

extension HostObservations {
    /// The host as an address or a network would be written.
    var literal: String { host.withoutBrackets }

    /// Whether DANE can be used for the host: it has addresses, and DNSSEC vouches for all of them (RFC 7672 2.2.2).
    var hasSecureAddresses: Bool {
        let withAddresses = [ipv4, ipv6].compactMap { $0 }.filter { !$0.answers.isEmpty }
        return !withAddresses.isEmpty && withAddresses.allSatisfy { $0.dnssec == .secure }
    }

    /// The names below which TLSA records are looked for, in order.
    var tlsaBases: [String] {
        let end = [ipv4, ipv6].compactMap { $0 }.first { !$0.answers.isEmpty }?.aliases.last
        return [end, host].compactMap { $0 }
    }

    /// The name to send in the handshake: where the TLSA records are (RFC 7672 8.1), else the host.
    var sni: String? {
        guard AddressBlock(literal) == nil, !host.contains("\\") else { return nil }
        guard let found = tlsa.last, found.dnssec == .secure, !found.answers.isEmpty else { return host }
        let labels = found.question.name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        return labels.count == 3 ? String(labels[2]) : host
    }
}
