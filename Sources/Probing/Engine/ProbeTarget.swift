import FoundationEssentials

/// One address to connect to, and how.
package struct ProbeTarget: Hashable, Sendable {
    /// The host that the address belongs to, for people; it plays no part in what is shared.
    package var host: String
    package var address: NetworkAddress
    package var port: Int
    /// The name to send in the handshake, or `nil` for none.
    package var sni: String?
    package var profile: ProbeProfile
    /// Offers nothing above TLS 1.2, to find out whether the server can do with that.
    var isWithoutTLS13 = false
    /// Made only to be compared with another look, so that nothing more is asked.
    var isComparison = false

    package init(
        host: String,
        address: NetworkAddress,
        port: Int = 25,
        sni: String?,
        profile: ProbeProfile = .exo
    ) {
        self.host = host
        self.address = address
        self.port = port
        self.sni = sni
        self.profile = profile
    }

    /// What makes two probes one and the same.
    struct Key: Hashable, Sendable {
        let address: NetworkAddress
        let port: Int
        let sni: String?
        let profile: ProbeProfile
        let isComparison: Bool
    }

    var key: Key { Key(address: address, port: port, sni: sni, profile: profile, isComparison: isComparison) }

    /// An observation of this target with nothing in it yet.
    func observation(ehloName: String, at date: Date) -> ProbeObservation {
        ProbeObservation(
            address: "\(address)",
            port: port,
            host: host,
            sni: sni,
            ehloName: ehloName,
            profile: profile,
            at: date
        )
    }
}
