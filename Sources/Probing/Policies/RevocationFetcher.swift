import COpenSSL
import FoundationEssentials
package import Transfers

/// Finds out what the revocation lists of certificates say of them. Source: RFC 5280 4.2.1.13, 6.3.
///
/// Of a list, only what it says of the certificates that were asked about is kept; a small one stays at hand for an hour, as
/// others will ask about others in it.
package actor RevocationFetcher {
    private static let shelfLife: TimeInterval = 3600

    /// What lists may cost, in bytes and time; partners' certificates choose them.
    package struct Limits: Hashable, Sendable {
        /// The largest list that is read; larger than `small`, it is fetched alone.
        package var list = 20 << 20
        /// What most lists are smaller than.
        package var small = 2 << 20
        /// Small lists that are fetched at a time, over all partners.
        package var atOnce = 6
        /// All lists that are at hand.
        package var kept = 24 << 20
        /// Lists that are fetched for one next hop; those at hand come on top.
        package var urls = 8
        /// Lists of which anything is remembered.
        package var known = 10_000
        /// For all lists of one next hop together.
        package var time: Duration = .seconds(10)

        package init() {}
    }

    private struct Known {
        var observation: CRLObservation
        var list: RevocationList?
        var size = 0
    }

    private let web: WebFetcher
    private let clock: ProbeClock
    private let limits: Limits
    private let smallTurns: Semaphore
    private let largeTurns = Semaphore(count: 1)
    private var known: [String: Known] = [:]
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
        smallTurns = Semaphore(count: limits.atOnce)
    }

    /// What is on hand of each list, the questions in their order, each list once; plain http only, as lists are signed and
    /// https could need one of them (RFC 5280 8).
    ///
    /// Lists beyond the limit are left for the next look, when those before them are known.
    ///
    /// - Throws: `CancellationError` only.
    package func observe(_ questions: [RevocationQuestion]) async throws -> [CRLObservation] {
        var order: [String] = []
        var asked: [String: [RevocationQuestion]] = [:]
        for question in questions {
            for url in question.urls {
                if asked[url] == nil { order.append(url) }
                asked[url, default: []].append(question)
            }
        }
        var found: [String: CRLObservation] = [:]
        for url in order { found[url] = recall(url, asked[url] ?? []) }
        let wanted = order.filter { found[$0] == nil }.prefix(limits.urls).map { ($0, asked[$0] ?? []) }
        found.merge(try await fetch(wanted)) { _, new in new }
        let missing = Set(wanted.map(\.0))
        return order.compactMap { url in
            if let observation = found[url] { return observation }
            let why = "no answer within \(Int(limits.time / .seconds(1))) s"
            return missing.contains(url) ? failure(url, why) : nil
        }
    }

    /// What is known of a list, if it is known for all that are asked about; what it says of others is theirs.
    private func recall(_ url: String, _ questions: [RevocationQuestion]) -> CRLObservation? {
        guard var entry = known[url], clock.date().timeIntervalSince(entry.observation.at) < Self.shelfLife else {
            return nil
        }
        guard entry.observation.failure == nil else { return entry.observation }
        let answered = Set(entry.observation.answers.map(\.certificate))
        let open = questions.filter { !answered.contains($0.id) }
        if !open.isEmpty {
            guard let list = entry.list else { return nil }
            entry.observation.answers += open.map { list.answer($0, at: clock.date()) }
            known[url] = entry
        }
        let asked = Set(questions.map(\.id))
        entry.observation.answers.removeAll { !asked.contains($0.certificate) }
        return entry.observation
    }

    /// Fetches lists, two at a time; those that came in time.
    private func fetch(
        _ lists: [(url: String, questions: [RevocationQuestion])]
    ) async throws
        -> [String: CRLObservation]
    {
        guard !lists.isEmpty else { return [:] }
        let found = try await withThrowingTaskGroup(of: CRLObservation?.self) { group in
            var rest = lists[...]
            func start() {
                guard let (url, questions) = rest.popFirst() else { return }
                group.addTask { try await self.observe(url, questions) }
            }
            group.addTask { [clock, limits] in
                try await clock.sleep(limits.time)
                return nil
            }
            start()
            start()
            var found: [String: CRLObservation] = [:]
            while found.count < lists.count, let next = try await group.next(), let observation = next {
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

    private func observe(_ url: String, _ questions: [RevocationQuestion]) async throws -> CRLObservation {
        guard let (host, port) = Self.origin(of: url) else { return failure(url, "the URL cannot be read") }
        func get(_ turns: Semaphore, _ size: Int) async throws -> WebFetcher.Outcome {
            let outcome = await turns.with { [web, limits] in
                try? await web.get(
                    url,
                    host: host,
                    port: port,
                    timeout: limits.time,
                    maximumSize: size,
                    isSigned: true
                )
            }
            guard let outcome = outcome ?? nil else { throw CancellationError() }
            return outcome
        }
        var outcome = try await get(smallTurns, min(limits.small, limits.list))
        if case .tooLarge = outcome, limits.list > limits.small { outcome = try await get(largeTurns, limits.list) }
        switch outcome {
        case .failure(let reason), .tooLarge(let reason): return remember(failure(url, reason))
        case .response(let response) where response.headers["content-encoding"] != nil:
            return remember(failure(url, "the answer is compressed, which was not asked for"))
        case .response(let response) where response.status == 200: return read(url, response.body, questions)
        case .response(let response): return remember(failure(url, "HTTP status \(response.status)"))
        }
    }

    private func read(_ url: String, _ body: [UInt8], _ questions: [RevocationQuestion]) -> CRLObservation {
        let now = clock.date()
        let list = RevocationList(body)
        let answers = questions.map { question in
            list?.answer(question, at: now) ?? RevocationAnswer(certificate: question.id, status: .unreadable)
        }
        let observation = CRLObservation(url: url, sha256: Self.sha256(body), answers: answers, at: now)
        return remember(observation, list, size: body.count)
    }

    private func remember(
        _ observation: CRLObservation,
        _ list: RevocationList? = nil,
        size: Int = 0
    ) -> CRLObservation {
        let now = clock.date()
        forget(observation.url)
        if bytes + size > limits.kept || known.count >= limits.known {
            for (url, old) in known where now.timeIntervalSince(old.observation.at) >= Self.shelfLife { forget(url) }
        }
        if known.count >= limits.known { (known, bytes) = ([:], 0) }
        let isKept = list != nil && size <= limits.small && bytes + size <= limits.kept
        known[observation.url] = Known(observation: observation, list: isKept ? list : nil, size: isKept ? size : 0)
        if isKept { bytes += size }
        return observation
    }

    private func forget(_ url: String) {
        guard let old = known.removeValue(forKey: url) else { return }
        bytes -= old.size
    }

    private static func sha256(_ bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        mitre_sha256(bytes, bytes.count, &digest)
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The host and port of a list's URL; `nil` for one with a user name, or in another form than plain http.
    ///
    /// Lists are at port 80: a certificate must not choose which of a stranger's ports we knock at.
    static func origin(of url: String) -> (host: String, port: Int)? {
        guard url.prefix(7).lowercased() == "http://", url.utf8.count <= 2_048,
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { return nil }
        let authority = url.dropFirst(7).prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@"), !authority.hasPrefix("[") else { return nil }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty, parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return (String(host), 80) }
        guard parts[1] == "80" else { return nil }
        return (String(host), 80)
    }
}
