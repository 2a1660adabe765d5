package import Configuration
package import Forges
package import FoundationEssentials
package import Planning
package import PullRequests
package import Reconciling
package import Reports

/// What offering changes of our own to a source needs from outside.
package struct OfferTools: Sendable {
    /// With the configuration in force.
    package var environment: @Sendable () -> RunEnvironment
    package var shared: SharedResources
    /// Signs in to a source's forge.
    package var open: @Sendable (Source) throws -> any Forge
    /// The branch as it was fetched last; `nil` before the first fetch.
    package var branch: @Sendable (Source) async -> SourceSnapshot?
    /// What is so in a tenant now.
    package var standing: @Sendable (ManagedTenant) async -> OfferStanding
    /// Told after each look what is so of each offer that was looked at.
    package var tell: @Sendable (Source, [OfferNews]) async -> Void
    /// Told to which sources anything is offered, whenever that may have changed.
    package var begin: @Sendable ([Source]) async -> Void
    /// Told of tenants that are held, and of which more is to be said now.
    package var stirred: @Sendable ([String]) -> Void

    package init(
        environment: @escaping @Sendable () -> RunEnvironment,
        shared: SharedResources,
        open: @escaping @Sendable (Source) throws -> any Forge,
        branch: @escaping @Sendable (Source) async -> SourceSnapshot?,
        standing: @escaping @Sendable (ManagedTenant) async -> OfferStanding,
        tell: @escaping @Sendable (Source, [OfferNews]) async -> Void = { _, _ in },
        begin: @escaping @Sendable ([Source]) async -> Void = { _ in },
        stirred: @escaping @Sendable ([String]) -> Void = { _ in }
    ) {
        self.environment = environment
        self.shared = shared
        self.open = open
        self.branch = branch
        self.standing = standing
        self.tell = tell
        self.begin = begin
        self.stirred = stirred
    }
}

/// What is so in a tenant, as far as offers hang on it.
package struct OfferStanding: Sendable {
    /// What the last full reading saw.
    package struct Live: Sendable {
        /// What deviates from what was written, without our own writes.
        package var drift: [AttributedDrift]
        /// Since when it deviates as it does now.
        package var since: Date
        /// Whether others keep changing some of it back and forth.
        package var isFought: Bool
        package var unmanaged: [UnmanagedConnector]

        package init(
            drift: [AttributedDrift],
            since: Date,
            isFought: Bool = false,
            unmanaged: [UnmanagedConnector] = []
        ) {
            self.drift = drift
            self.since = since
            self.isFought = isFought
            self.unmanaged = unmanaged
        }
    }

    /// `nil` where the tenant was not read since something changed there, or could not be: nothing follows from that.
    package var live: Live?
    /// Whether a commit may be quarantined; where it is not, the store is not asked.
    package var mayBeQuarantined: Bool

    package init(live: Live?, mayBeQuarantined: Bool = true) {
        self.live = live
        self.mayBeQuarantined = mayBeQuarantined
    }
}

/// What is so of the offers of one kind to one tenant, for people.
package struct OfferNews: Hashable, Sendable {
    package var tenant: String
    package var kind: ChangeOffer.Kind
    /// The open request, such as `#12`, and its page.
    package var request: String?
    package var page: String?
    /// What stands in the way of the offer; `nil`: nothing.
    package var trouble: RequestTrouble?
    /// Whether the tenant could not be read, so that neither of these says anything.
    package var isUnknown = false
}
