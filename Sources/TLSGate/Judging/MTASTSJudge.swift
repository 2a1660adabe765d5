import Connectors
import FoundationEssentials
import Probing

/// Judges hosts by the MTA-STS policy of their domain, which Exchange Online obeys whatever the connector demands.
///
/// Source: RFC 8461; MtaStsMode in learn.microsoft.com/powershell/module/exchangepowershell/set-outboundconnector.
struct MTASTSJudge {
    let context: Context
    let observation: MTASTSObservation
    private(set) var policy: MTASTSPolicy?
    private(set) var findings: [Finding] = []

    init(context: Context, observation: MTASTSObservation) {
        self.context = context
        self.observation = observation
        guard context.honoursMTASTS else { return }
        let (policy, found) = Self.read(context, observation)
        self.policy = policy.flatMap { $0.mode == .none ? nil : $0 }
        findings = found.compactMap { $0 }
    }

    /// Whether there is a policy that forbids unencrypted mail.
    var isEnforced: Bool { policy?.mode == .enforce }

    private var subject: String { observation.domain }
    private var outcome: Outcome { policy?.mode == .testing ? .warn : mayHaveChanged ? .unknown : .fail }

    private var effect: String {
        switch outcome {
        case .fail:
            "The partner's published rule (MTA-STS) forbids it, so Exchange Online will not deliver through this server, whatever the connector says: mail waits up to 24 hours and is then returned."
        case .unknown:
            "The partner's published rule (MTA-STS) forbids it, as it was seen last. It may have changed since and could not be read, so it is not known whether Exchange Online delivers through this server."
        default: "The partner's published rule (MTA-STS) is only in testing, so this stops no mail."
        }
    }

    /// Whether the policy is one from earlier and its id is not known to be the partner's still.
    private var mayHaveChanged: Bool {
        guard let cached = observation.cached, findings.contains(where: { $0.check == "mtasts-fetch-failed" }) else {
            return false
        }
        return Self.records(observation).map(MTASTSRecord.id) != [cached.id]
    }

    // MARK: The policy

    private static func records(_ seen: MTASTSObservation) -> [String] {
        seen.txt.answers.compactMap { record -> String? in
            guard case .text(let text) = record.data, MTASTSRecord.isCandidate(text) else { return nil }
            return text
        }
    }

    private static func read(_ context: Context, _ seen: MTASTSObservation) -> (MTASTSPolicy?, [Finding?]) {
        let records = Self.records(seen)
        let isAnswered = seen.txt.failure == nil && [0, 3].contains(seen.txt.rcode ?? -1)
        guard isAnswered else { return unasked(context, seen) }
        guard let record = records.first else {
            let finding = context.finding(
                "mtasts-none",
                seen.domain,
                "The partner publishes no rule that mail to it must be encrypted (an MTA-STS policy).",
                outcome: .info,
                at: seen.txt.at
            )
            return (nil, [finding])
        }
        guard records.count == 1 else {
            return (
                nil,
                [
                    ignored(
                        context,
                        seen,
                        "mtasts-txt-multiple",
                        "there is more than one TXT record for it",
                        records.joined(separator: " | ")
                    )
                ]
            )
        }
        guard let id = MTASTSRecord.id(record) else {
            return (nil, [ignored(context, seen, "mtasts-txt-syntax", "its TXT record has no proper id", record)])
        }
        return fetched(context, seen, id: id)
    }

    private static func ignored(
        _ context: Context,
        _ seen: MTASTSObservation,
        _ id: String,
        _ why: String,
        _ evidence: String
    ) -> Finding? {
        context.finding(
            id,
            seen.domain,
            "The partner's published rule for encrypted mail (its MTA-STS policy) counts as absent: \(why). Mail goes without its protection.",
            outcome: .warn,
            evidence: ["seen": evidence],
            remedy: "Partner: correct the MTA-STS records of \(seen.domain).",
            tags: ["sts-policy-invalid"],
            at: seen.fetch?.at ?? seen.txt.at
        )
    }

    private static func fetched(
        _ context: Context,
        _ seen: MTASTSObservation,
        id: String
    ) -> (MTASTSPolicy?, [Finding?]) {
        guard let fetch = seen.fetch, fetch.status == 200, let body = fetch.body?.bytes else {
            let why =
                seen.fetch.map { fetch in
                    fetch.failure ?? fetch.redirect.map { "redirected to \($0)" } ?? "HTTP status \(fetch.status ?? 0)"
                } ?? "it was not fetched"
            let (policy, found) = fallBack(context, seen, why)
            return (policy, found + [stale(context, seen, id: id, isHeld: policy != nil)])
        }
        var found: [Finding?] = []
        let type = (fetch.contentType ?? "").lowercased().split(separator: ";").first.map {
            MTASTSPolicy.trimmed(String($0))
        }
        if type != "text/plain" {
            found.append(
                context.finding(
                    "mtasts-policy-syntax",
                    seen.domain,
                    "The partner's published rule for encrypted mail (its MTA-STS policy) is not sent as plain text, so some senders may not take it.",
                    outcome: .warn,
                    evidence: ["seen": fetch.contentType ?? "no type", "wanted": "text/plain"],
                    remedy: "Partner: serve mta-sts.txt as text/plain.",
                    at: fetch.at
                )
            )
        }
        do {
            let policy = try MTASTSPolicy(body)
            if policy.mode == .none { found.append(declined(context, seen)) }
            found.append(shortAge(context, seen, policy))
            return (policy, found)
        } catch {
            let place = error.line > 0 ? "line \(error.line): \(error.reason)" : error.reason
            return (nil, found + [ignored(context, seen, "mtasts-policy-syntax", "it cannot be read", place)])
        }
    }

    private static func declined(_ context: Context, _ seen: MTASTSObservation) -> Finding? {
        context.finding(
            "mtasts-none",
            seen.domain,
            "The partner's published rule for encrypted mail (its MTA-STS policy) says that there is none.",
            outcome: .info,
            at: seen.fetch?.at
        )
    }

    private static func shortAge(_ context: Context, _ seen: MTASTSObservation, _ policy: MTASTSPolicy) -> Finding? {
        guard policy.maxAge < 86_400 else { return nil }
        return context.finding(
            "mtasts-max-age-short",
            seen.domain,
            "Senders may hold on to the partner's published rule for encrypted mail (its MTA-STS policy) for less than a day, so it protects little.",
            outcome: .info,
            evidence: ["seen": "max_age \(policy.maxAge)"],
            at: seen.fetch?.at
        )
    }

    private static func stale(_ context: Context, _ seen: MTASTSObservation, id: String, isHeld: Bool) -> Finding? {
        guard isHeld, let cached = seen.cached, cached.id != id else { return nil }
        return context.finding(
            "mtasts-id-stale",
            seen.domain,
            "The partner announces a newer rule for encrypted mail (an MTA-STS policy) than could be fetched; the one at hand counts until it runs out.",
            outcome: .info,
            evidence: ["seen": "id \(id)", "held": "id \(cached.id)"],
            at: seen.txt.at
        )
    }

    /// Whether there is a policy at all was not found out: a record that was not read is not one that was published.
    private static func unasked(
        _ context: Context,
        _ seen: MTASTSObservation
    ) -> (MTASTSPolicy?, [Finding?]) {
        if seen.cached != nil { return fallBack(context, seen, "the TXT record could not be read") }
        let why = seen.txt.failure == .timedOut ? "no answer" : seen.txt.rcode == 2 ? "SERVFAIL" : "no usable answer"
        let finding = context.finding(
            "mtasts-fetch-failed",
            seen.domain,
            """
            It could not be found out whether \(seen.domain) has an MTA-STS policy: the DNS query for \
            _mta-sts.\(seen.domain) failed (\(why)). If it has one, Exchange Online may know it and obey it.
            """,
            outcome: .warn,
            evidence: ["resolver": seen.txt.resolver],
            remedy: "Nothing to do unless it stays so.",
            at: seen.txt.at
        )
        return (nil, [finding])
    }

    /// Without an answer: the policy that is still held, or none.
    private static func fallBack(
        _ context: Context,
        _ seen: MTASTSObservation,
        _ why: String
    ) -> (MTASTSPolicy?, [Finding?]) {
        var held: MTASTSPolicy?
        if let cached = seen.cached, let policy = try? MTASTSPolicy(cached.body.bytes),
            cached.fetchedAt.addingTimeInterval(TimeInterval(policy.maxAge)) > context.now
        {
            held = policy
        }
        let finding = context.finding(
            "mtasts-fetch-failed",
            seen.domain,
            held == nil
                ? "The partner announces a rule for encrypted mail (an MTA-STS policy) that cannot be fetched, so senders treat it as absent. Mail goes without its protection."
                : "The partner's rule for encrypted mail (its MTA-STS policy) could not be fetched; senders that hold it still obey it, and whether it has changed is not known.",
            outcome: held == nil ? .warn : .unknown,
            evidence: ["seen": why, "url": seen.fetch?.url],
            remedy: "Partner: serve https://mta-sts.\(seen.domain)/.well-known/mta-sts.txt with a valid certificate.",
            tags: ["sts-policy-fetch-error"],
            at: seen.fetch?.at ?? seen.txt.at
        )
        return (held, [finding])
    }

    // MARK: Hosts and addresses

    func findings(forHost host: String) -> [Finding] {
        guard let policy, let name = DomainName(host), !policy.allows(name) else { return [] }
        let finding = context.finding(
            "mtasts-mx-mismatch",
            host,
            "The server is not among those that the partner lists for encrypted mail. \(effect)",
            outcome: outcome,
            exo: "450 4.4.8 MX hosts of \(subject) failed MTA-STS validation",
            evidence: ["seen": host, "wanted": "mx: \(policy.patternsText)"],
            remedy:
                "Partner: add \(host) to the policy of \(subject) and change its id, or remove the server from the MX.",
            tags: ["validation-failure"],
            at: observation.fetch?.at
        )
        return present(finding)
    }

    func findings(for address: AddressJudgement, host: String) -> [Finding] {
        guard policy != nil else { return [] }
        switch address.tls {
        case .unknown: return []
        case .absent:
            let finding = context.finding(
                "mtasts-no-starttls",
                address.subject,
                "The server cannot encrypt. \(effect)",
                outcome: outcome,
                exo: "450 4.7.5 Remote certificate failed MTA-STS validation",
                remedy: "Partner: enable STARTTLS on this server, or set the policy's mode to testing.",
                tags: ["starttls-not-supported"],
                at: address.observedAt
            )
            return present(finding)
        case .established: return certificate(address, host)
        }
    }

    private func certificate(_ address: AddressJudgement, _ host: String) -> [Finding] {
        let chain = address.tls.chain
        let report = CertificateChainJudge.verify(
            chain: chain,
            roots: context.roots.trusting(context.policy.trustedRoots, among: chain),
            name: NameReference(host),
            at: context.now
        )
        let ignored = ["cert-key-weak", "cert-signature-weak", "cert-name-cn-only"]
        let problems = report.problems.filter { $0.weight == .path && !ignored.contains($0.check) }
        guard let first = problems.first else { return [] }
        let texts = CertificateTexts(problem: first, report: report, chain: chain, now: context.now)
        let why = first.check == "cert-name-mismatch" ? "The certificate does not name \(host)." : texts.message
        let isUnsure = address.isChainCut && problems.allSatisfy { $0.check == "cert-missing-intermediate" }
        let finding = context.finding(
            "mtasts-cert-invalid",
            address.subject,
            "\(why) \(effect)",
            outcome: isUnsure && outcome == .fail ? .unknown : outcome,
            exo: "450 4.7.5 Remote certificate failed MTA-STS validation. Reason: \(first.rule)",
            evidence: [
                "seen": problems.map(\.message).joined(separator: "; "), "wanted": "a trusted certificate for \(host)",
                "leaf": chain.first.map { "sha256 \($0.sha256)" },
            ],
            remedy: "Partner: install a valid certificate for \(host) from a public issuer, with the full chain.",
            tags: [first.check == "cert-name-mismatch" ? "certificate-host-mismatch" : "sts-webpki-invalid"],
            at: address.observedAt
        )
        return present(finding)
    }
}
