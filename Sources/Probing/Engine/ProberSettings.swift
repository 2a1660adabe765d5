/// How a prober goes about its work.
package struct ProberSettings: Hashable, Sendable {
    /// The name sent with EHLO.
    ///
    /// It should resolve to this machine: some servers refuse a bare word.
    package var ehloName: String
    package var limits: ProbeLimits
    package var manners: Manners
    package var networks: ReachableNetworks
    /// How long after a 5xx to EHLO or STARTTLS it is tried once more; `nil` for not at all.
    package var secondThought: Duration?
    /// Whether a server that chose TLS 1.3 is asked again without it, as not all of Exchange Online may have it.
    package var asksForTLS12: Bool

    package init(
        ehloName: String,
        limits: ProbeLimits = .first,
        manners: Manners = .considerate,
        networks: ReachableNetworks = .public,
        secondThought: Duration? = .seconds(60),
        asksForTLS12: Bool = true
    ) {
        self.ehloName = ehloName
        self.limits = limits
        self.manners = manners
        self.networks = networks
        self.secondThought = secondThought
        self.asksForTLS12 = asksForTLS12
    }
}
