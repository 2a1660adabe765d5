/// A mail server that mail is delivered to.
struct MailServer: Hashable, Sendable {
    let name: String
    let address: String
    /// The names in its certificate; `*.` stands for one label.
    let certificateNames: [String]

    init(name: String, address: String? = nil, certificateNames: [String]? = nil) {
        self.name = name.asciiLowercased
        let number = name.asciiLowercased.utf8.reduce(UInt32(5_381)) { $0 &* 33 &+ UInt32($1) }
        self.address = address ?? "192.0.2.\(number % 254 + 1)"
        self.certificateNames = certificateNames ?? [name.asciiLowercased]
    }

    /// A name alone, or `{"name", "address", "certificateNames"}`.
    init(_ node: DocumentNode) throws(SimulatorError) {
        if let name = node.value.string {
            self.init(name: name)
            return
        }
        try node.onlyMembers(["name", "address", "certificateNames"])
        self.init(
            name: try node.needed("name").string(),
            address: try node["address"]?.string(),
            certificateNames: try node["certificateNames"]?.strings()
        )
    }

    /// Whether the certificate has a name that TlsDomain asks for: `contoso.com`, or `*.contoso.com` for any name below.
    ///
    /// Section 7.1: ordinary wildcard matching, inferred.
    func isNamed(_ domain: String) -> Bool {
        let wanted = domain.asciiLowercased
        return certificateNames.map(\.asciiLowercased).contains { name in
            if name == wanted { return true }
            if wanted.hasPrefix("*.") { return name.hasSuffix(wanted.dropFirst()) }
            guard name.hasPrefix("*."), let dot = wanted.firstIndex(of: ".") else { return false }
            return wanted[dot...] == name.dropFirst()
        }
    }
}

/// A domain of the outside world, with what it publishes.
struct Partner: Hashable, Sendable {
    let domain: String
    let servers: [MailServer]
    let hasDANE: Bool
    let hasMTASTS: Bool

    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(["domain", "hosts", "dane", "mtaSTS"])
        domain = try node.needed("domain").string().asciiLowercased
        let hosts = node["hosts"]
        var servers: [MailServer] = []
        for host in try hosts?.items() ?? [] { servers.append(try MailServer(host)) }
        guard servers.count <= 100 else { throw (hosts ?? node).wrong("at most 100 hosts are expected") }
        self.servers = servers.isEmpty ? [MailServer(name: "mx.\(domain)")] : servers
        hasDANE = try node["dane"]?.bool() ?? false
        hasMTASTS = try node["mtaSTS"]?.bool() ?? false
    }

    /// A domain that the seed does not tell of: one sound server.
    init(unknown domain: String) {
        self.domain = domain
        servers = [MailServer(name: "mx.\(domain)")]
        hasDANE = false
        hasMTASTS = false
    }
}
