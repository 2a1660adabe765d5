/// Whom to ask, and whom to trust.
package struct ResolverSettings: Hashable, Sendable {
    package enum Servers: Hashable, Sendable {
        /// Those of /etc/resolv.conf.
        case system
        /// Addresses, with a port behind `@` unless it is 53: `127.0.0.1@5353`, `[::1]@5353`.
        case forwarders([String])
    }

    package enum Anchors: Hashable, Sendable {
        /// IANA's root key, from Debian's dns-root-data.
        case system
        /// A file of DS or DNSKEY records.
        case file(String)
    }

    package var servers: Servers
    package var anchors: Anchors
    /// Zones that are known to be unsigned below a signed one: for a lab.
    package var insecureZones: [String]
    /// Whether signatures are checked; without it every answer is insecure.
    var validates = true
    /// How long one question may take; libunbound's own patience can be tens of seconds.
    package var timeout: Duration
    /// How many questions may be open at once.
    package var concurrency: Int

    package init(
        servers: Servers = .system,
        anchors: Anchors = .system,
        insecureZones: [String] = [],
        timeout: Duration = .seconds(10),
        concurrency: Int = 128
    ) {
        self.servers = servers
        self.anchors = anchors
        self.insecureZones = insecureZones
        self.timeout = timeout
        self.concurrency = max(1, concurrency)
    }

    var anchorFile: String {
        switch anchors {
        case .system: "/usr/share/dns/root.key"
        case .file(let path): path
        }
    }

    /// What an observation names as its resolver.
    var resolverName: String {
        switch servers {
        case .system: "system"
        case .forwarders(let addresses): addresses.joined(separator: ", ")
        }
    }
}
