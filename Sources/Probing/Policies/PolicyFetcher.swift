import FoundationEssentials
package import Transfers

/// Finds out what MTA-STS policy a domain publishes. Source: RFC 8461 3.
///
/// A policy is fetched again when the `id` of the TXT record has changed, or when the last fetch is a quarter of an hour
/// old, one that failed a minute; a policy that was fetched stays at hand, as senders may go on with it.
package actor PolicyFetcher {
    private struct Known {
        var id: String
        var fetch: MTASTSObservation.PolicyFetch

        /// How long it may stand in for a new fetch; what failed, until the first retry is due.
        var shelfLife: TimeInterval { fetch.body == nil ? 60 : 15 * 60 }
    }

    private static let largestPolicy = 64 * 1024
    private static let mostKnown = 4096

    private let web: WebFetcher
    private let resolver: DNSResolver
    private let clock: ProbeClock
    private var known: [String: Known] = [:]
    private var cached: [String: MTASTSObservation.CachedPolicy] = [:]

    /// - Parameter port: Where a lab's policy servers listen in place of 443.
    package init(
        pool: TransferPool,
        resolver: DNSResolver,
        networks: ReachableNetworks = .public,
        port: Int = 443,
        clock: ProbeClock = .system
    ) {
        web = WebFetcher(pool: pool, resolver: resolver, networks: networks, ports: [443: port])
        self.resolver = resolver
        self.clock = clock
    }

    /// Takes over what was seen earlier, where nothing newer is at hand.
    package func hold(_ earlier: [MTASTSObservation]) {
        for observation in earlier {
            guard let policy = observation.held else { continue }
            if let own = cached[observation.domain], own.fetchedAt >= policy.fetchedAt { continue }
            if cached.count >= Self.mostKnown { cached = [:] }
            cached[observation.domain] = policy
        }
    }

    /// - Parameter maximumAge: A fetch that is older is made again; `nil` leaves it to the shelf life.
    /// - Throws: `CancellationError` only.
    package func observe(_ domain: String, maximumAge: Duration? = nil) async throws -> MTASTSObservation {
        let domain = domain.lowercasedName
        var observation = MTASTSObservation(domain: domain, txt: await resolver.ask("_mta-sts.\(domain)", .txt))
        observation.cached = cached[domain]
        guard let id = Self.policyID(in: observation.txt) else { return observation }
        if let known = known[domain], known.id == id {
            let age = clock.date().timeIntervalSince(known.fetch.at)
            if age < known.shelfLife, maximumAge.map({ age <= $0 / .seconds(1) }) ?? true {
                observation.fetch = known.fetch
                return observation
            }
        }
        let fetch = try await fetch(domain)
        observation.fetch = fetch
        if known.count >= Self.mostKnown { known = [:] }
        known[domain] = Known(id: id, fetch: fetch)
        if let body = fetch.body {
            cached[domain] = MTASTSObservation.CachedPolicy(id: id, body: body.bytes, fetchedAt: fetch.at)
        }
        return observation
    }

    private func fetch(_ domain: String) async throws -> MTASTSObservation.PolicyFetch {
        let host = "mta-sts.\(domain)"
        let url = "https://\(host)/.well-known/mta-sts.txt"
        let outcome = try await web.get(
            url,
            host: host,
            port: 443,
            timeout: .seconds(60),
            maximumSize: Self.largestPolicy,
            isSigned: false
        )
        var fetch = MTASTSObservation.PolicyFetch(url: url, at: clock.date())
        switch outcome {
        case .failure(let reason), .tooLarge(let reason): fetch.failure = reason
        case .response(let response):
            fetch.status = response.status
            fetch.contentType = response.headers["content-type"].map { Array($0.utf8).escapedText(limit: 200) }
            if (300..<400).contains(response.status) {
                fetch.redirect = response.headers["location"].map { Array($0.utf8).escapedText(limit: 500) } ?? ""
            }
            if response.status == 200 { fetch.body = Base64Bytes(response.body) }
        }
        return fetch
    }

    /// The `id` of the one record of version STSv1; `nil` unless there is exactly one, with an id (RFC 8461 3.1).
    static func policyID(in txt: DNSObservation) -> String? {
        guard txt.bogusReason == nil else { return nil }
        let records = txt.answers.compactMap { record -> String? in
            guard case .text(let text) = record.data, text.contains(/^v=STSv1[ \t]*;/) else { return nil }
            return text
        }
        guard records.count == 1, let record = records.first else { return nil }
        for field in record.split(separator: ";").dropFirst() {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0].trimmedSpaces == "id" else { continue }
            let id = pair[1].trimmedSpaces
            return id.isEmpty ? nil : id
        }
        return nil
    }
}

extension MTASTSObservation {
    /// The policy that a sender who saw this may go on with.
    var held: CachedPolicy? {
        guard let fetch, let body = fetch.body, let id = PolicyFetcher.policyID(in: txt) else { return cached }
        return CachedPolicy(id: id, body: body.bytes, fetchedAt: fetch.at)
    }
}

extension Substring {
    fileprivate var trimmedSpaces: String {
        var rest = drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }
}
