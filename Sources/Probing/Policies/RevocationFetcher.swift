import COpenSSL
import FoundationEssentials
package import Transfers

/// Fetches the revocation lists that presented certificates name. Source: RFC 5280 4.2.1.13.
package actor RevocationFetcher {
    private static let shelfLife: TimeInterval = 3600

    /// What lists may cost, in bytes and time; partners' certificates choose them.
    package struct Limits: Hashable, Sendable {
        package var list = 20 << 20
        /// All lists of one next hop.
        package var nextHop = 40 << 20
        /// All lists at hand, one copy a URL.
        package var all = 64 << 20
        /// Lists of one next hop.
        package var urls = 8
        /// For all lists of one next hop together.
        package var time: Duration = .seconds(10)

        package init() {}
    }

    private let web: WebFetcher
    private let clock: ProbeClock
    private let limits: Limits
    private var known: [String: CRLObservation] = [:]
    private var bytes = 0

    /// - Parameter port: Where a lab's list servers listen in place of 80.
    package init(
        pool: TransferPool,
        resolver: DNSResolver,
        networks: ReachableNetworks = .public,
        port: Int = 80,
        limits: Limits = Limits(),
        clock: ProbeClock = .system
    ) {
        web = WebFetcher(pool: pool, resolver: resolver, networks: networks, ports: [80: port])
        self.limits = limits
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
        let wanted = Array(urls.sorted().prefix(limits.urls))
        let fetched = try await fetch(wanted)
        var bytes = 0
        return wanted.map { url in
            var observation = fetched[url] ?? failure(url, "no answer within \(Int(limits.time / .seconds(1))) s")
            bytes += observation.list?.bytes.count ?? 0
            if bytes > limits.nextHop, observation.list != nil {
                observation.list = nil
                observation.failure = "the lists of one next hop are larger than \(limits.nextHop >> 20) MiB"
            }
            return observation
        }
    }

    /// Fetches lists, two at a time so that few are in memory before they are measured; those that came in time.
    private func fetch(_ urls: [String]) async throws -> [String: CRLObservation] {
        let found = try await withThrowingTaskGroup(of: CRLObservation?.self) { group in
            var rest = urls[...]
            func start() {
                guard let url = rest.popFirst() else { return }
                group.addTask { try await self.observe(url) }
            }
            group.addTask { [clock, limits] in
                try await clock.sleep(limits.time)
                return nil
            }
            start()
            start()
            var found: [String: CRLObservation] = [:]
            while found.count < urls.count, let next = try await group.next(), let observation = next {
                found[observation.url] = observation
                start()
            }
            group.cancelAll()
            return found
        }
        try Task.checkCancellation()
        return found
    }

    private func failure(_ url: String, _ why: String) -> CRLObservation {
        CRLObservation(url: url, failure: why, at: clock.date())
    }

    private func observe(_ url: String) async throws -> CRLObservation {
        if let known = known[url], clock.date().timeIntervalSince(known.at) < Self.shelfLife { return known }
        guard let (host, port) = Self.origin(of: url) else { return failure(url, "the URL cannot be read") }
        let outcome = try await web.get(
            url,
            host: host,
            port: port,
            timeout: limits.time,
            maximumSize: limits.list,
            isSigned: true
        )
        switch outcome {
        case .failure(let reason): return failure(url, reason)
        case .response(let response) where response.headers["content-encoding"] != nil:
            return failure(url, "the answer is compressed, which was not asked for")
        case .response(let response) where response.status == 200: return remember(url, response.body)
        case .response(let response): return failure(url, "HTTP status \(response.status)")
        }
    }

    private func remember(_ url: String, _ list: [UInt8]) -> CRLObservation {
        let now = clock.date()
        forget(url)
        if bytes + list.count > limits.all {
            for (url, old) in known where now.timeIntervalSince(old.at) >= Self.shelfLife { forget(url) }
        }
        guard bytes + list.count <= limits.all else {
            return failure(url, "\(limits.all >> 20) MiB of lists are at hand already, and no more are kept")
        }
        let observation = CRLObservation(url: url, list: list, at: now)
        bytes += list.count
        known[url] = observation
        return observation
    }

    private func forget(_ url: String) {
        guard let old = known.removeValue(forKey: url) else { return }
        bytes -= old.list?.bytes.count ?? 0
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
