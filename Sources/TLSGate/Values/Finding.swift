package import FoundationEssentials

/// One check's answer about one subject, with the evidence and what to do.
package struct Finding: Hashable, Sendable, Codable {
    /// The check's id, kebab-case and stable: policies, waivers and alerts name it.
    package var check: String
    package var outcome: Outcome
    /// What is judged, by its name: a connector, a domain, a host, or `mx2.partner.example [192.0.2.7]:25`.
    package var subject: String
    /// What is wrong and what Exchange Online will do, for a reader who does not know TLS.
    package var message: String
    /// The delivery status that an administrator would see in Exchange Online's message trace.
    package var exo: String?
    /// What was seen, by the name of the fact, escaped; `evidenceOrder` has the order for people.
    package var evidence: [String: String]
    /// Who should do what; empty where nothing is to be done.
    package var remedy: String
    /// The documents that the check rests on: `RFC 9525 6.3`.
    package var sources: [String]
    /// Words that mail people know, from RFC 8460 4.3, and `urgent`.
    package var tags: [String]
    /// True when a waiver covers the finding; it counts no longer and is shown all the same.
    package var waived: Bool
    /// Why it counts less, or otherwise, than the check says: the waiver or the policy, with owner and date.
    package var waivedBy: String?
    /// The least verdict that the finding asks for beyond what its outcome does.
    package var demands: Verdict?
    /// When the evidence was seen; `nil` for what was read in the definition.
    package var observedAt: Date?

    package init(
        check: String,
        outcome: Outcome,
        subject: String,
        message: String,
        exo: String? = nil,
        evidence: [String: String] = [:],
        remedy: String = "",
        sources: [String] = [],
        tags: [String] = [],
        waived: Bool = false,
        waivedBy: String? = nil,
        demands: Verdict? = nil,
        observedAt: Date? = nil
    ) {
        self.check = check
        self.outcome = outcome
        self.subject = subject
        self.message = message
        self.exo = exo
        self.evidence = evidence
        self.remedy = remedy
        self.sources = sources
        self.tags = tags
        self.waived = waived
        self.waivedBy = waivedBy
        self.demands = demands
        self.observedAt = observedAt
    }

    /// The names of the evidence as people read it: what was seen, what was wanted, then the rest by name.
    package var evidenceOrder: [String] {
        let first = ["seen", "wanted", "reply"]
        let rest = evidence.keys.filter { !first.contains($0) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return first.filter { evidence[$0] != nil } + rest
    }
}
