import COpenSSL
import FoundationEssentials
package import Transfers

/// Fetches the revocation lists that presented certificates name. Source: RFC 5280 4.2.1.13.
package actor RevocationFetcher {
    private static let shelfLife: TimeInterval = 3600
    private static let largestList = 20 << 20
    /// What is remembered, in bytes.
    private static let mostBytes = 64 << 20
    private static let mostURLs = 8

    private let web: WebFetcher
    private let clock: ProbeClock
    private var known: [String: CRLObservation] = [:]
    private var bytes = 0

    /// - Parameter port: Where a lab's list servers listen in place of 80.
    package init(
        pool: TransferPool,
        resolver: DNSResolver,
        networks: ReachableNetworks = .public,
        port: Int = 80,
        clock: ProbeClock = .system
    ) {
        web = WebFetcher(pool: pool, resolver: resolver, networks: networks, ports: [80: port])
        self.clock = clock
    }

    /// The lists that the chains of these probes name, each once; plain http only, as the lists are signed and https
    /// could need one of them (RFC 5280 8).
    ///
    /// - Throws: `CancellationError` only.
    package func observe(_ probes: [ProbeObservation]) async throws -> [CRLObservation] {
        var urls: [String] = []
        for certificate in Set(probes.flatMap(\.presentedChain)) {
            for url in Self.urls(in: certificate.bytes) where !urls.contains(url) { urls.append(url) }
        }
        var observations: [CRLObservation] = []
        for url in urls.sorted().prefix(Self.mostURLs) { observations.append(try await observe(url)) }
        return observations
    }

    private func observe(_ url: String) async throws -> CRLObservation {
        let now = clock.date()
        if let known = known[url], now.timeIntervalSince(known.at) < Self.shelfLife { return known }
        var observation = CRLObservation(url: url, at: now)
        guard let (host, port) = Self.origin(of: url) else {
            observation.failure = "the URL cannot be read"
            return observation
        }
        let outcome = try await web.get(
            url,
            host: host,
            port: port,
            timeout: .seconds(10),
            maximumSize: Self.largestList,
            isSigned: true
        )
        switch outcome {
        case .failure(let reason): observation.failure = reason
        case .response(let response) where response.status == 200: observation.list = Base64Bytes(response.body)
        case .response(let response): observation.failure = "HTTP status \(response.status)"
        }
        remember(observation)
        return observation
    }

    private func remember(_ observation: CRLObservation) {
        guard let list = observation.list else { return }
        if bytes + list.bytes.count > Self.mostBytes {
            known = [:]
            bytes = 0
        }
        bytes += list.bytes.count - (known[observation.url]?.list?.bytes.count ?? 0)
        known[observation.url] = observation
    }

    /// The plain http URLs of a certificate's distribution points.
    private static func urls(in der: [UInt8]) -> [String] {
        guard let certificate = mitre_certificate_parse(der, der.count) else { return [] }
        defer { mitre_certificate_free(certificate) }
        return (0..<mitre_certificate_count(certificate, Int32(MITRE_CRL_URLS))).compactMap { index in
            var length = 0
            guard let start = mitre_certificate_item(certificate, Int32(MITRE_CRL_URLS), index, &length),
                length <= 2048
            else { return nil }
            let bytes = UnsafeBufferPointer(start: start, count: length)
            guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
            let url = String(decoding: bytes, as: UTF8.self)
            return url.prefix(7).lowercased() == "http://" ? url : nil
        }
    }

    /// The host and port of an http URL; `nil` for one with a user name, or in another form.
    ///
    /// Lists are at port 80: a certificate must not choose which of a stranger's ports we knock at.
    static func origin(of url: String) -> (host: String, port: Int)? {
        let authority = url.dropFirst(7).prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@"), !authority.hasPrefix("[") else { return nil }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty, parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return (String(host), 80) }
        guard parts[1] == "80" else { return nil }
        return (String(host), 80)
    }
}
