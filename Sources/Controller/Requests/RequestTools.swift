package import Configuration
package import Forges
package import Reconciling
package import Reports

/// What looking at a source's requests needs from outside.
package struct RequestTools: Sendable {
    /// With the configuration in force.
    package var environment: @Sendable () -> RunEnvironment
    package var shared: SharedResources
    /// Signs in to a source's forge.
    package var open: @Sendable (Source) throws -> any Forge
    /// The branch as it was fetched last; `nil` before the first fetch.
    package var branch: @Sendable (Source) async -> SourceSnapshot?
    /// What is remembered of each tenant, instead of what the store says; then nothing is kept either.
    package var remembered: [String: RememberedTenant]?
    /// By tenant, a digest of what a plan rests on in addition to the folders, as far as it is known.
    package var states: @Sendable (Source) async -> [String: String]
    /// Told after each look what is wrong with the forge, or that nothing is.
    package var tell: @Sendable (Source, RequestTrouble?) async -> Void
    /// Told that more is known now of what was merged, or closed, for these tenants.
    package var settled: @Sendable ([String]) -> Void
    /// Has a tenant's lane carry out an order; `nil`: this process applies nothing before a merge, and leaves such commands
    /// to the one that does.
    package var apply: (@Sendable (AheadOrder) async -> Void)?
    /// The branch as it is fetched now; `nil` where it cannot be.
    package var fresh: @Sendable (Source) async -> SourceSnapshot?
    /// By tenant, why it is not written to now, in a sentence that begins after its name.
    package var holds: @Sendable (Source) -> [String: String]

    package init(
        environment: @escaping @Sendable () -> RunEnvironment,
        shared: SharedResources,
        open: @escaping @Sendable (Source) throws -> any Forge,
        branch: @escaping @Sendable (Source) async -> SourceSnapshot?,
        states: @escaping @Sendable (Source) async -> [String: String] = { _ in [:] },
        tell: @escaping @Sendable (Source, RequestTrouble?) async -> Void = { _, _ in },
        settled: @escaping @Sendable ([String]) -> Void = { _ in },
        apply: (@Sendable (AheadOrder) async -> Void)? = nil,
        fresh: @escaping @Sendable (Source) async -> SourceSnapshot? = { _ in nil },
        holds: @escaping @Sendable (Source) -> [String: String] = { _ in [:] }
    ) {
        self.environment = environment
        self.shared = shared
        self.open = open
        self.branch = branch
        self.states = states
        self.tell = tell
        self.settled = settled
        self.apply = apply
        self.fresh = fresh
        self.holds = holds
    }
}

/// Why requests could not be looked at, or not be answered.
package struct RequestTrouble: Hashable, Sendable {
    /// In CamelCase, as a condition's reason.
    package var reason: String
    package var message: String
    package var remedy: String

    package init(reason: String, message: String, remedy: String) {
        self.reason = reason
        self.message = message
        self.remedy = remedy
    }

    package init(_ error: ForgeError) {
        let reason =
            switch error.reason {
            case .unauthorized: "AuthenticationFailed"
            case .forbidden: "PermissionMissing"
            case .limited: "RateLimited"
            case .unavailable: "Unavailable"
            case .notFound: "NotFound"
            case .commitGone, .conflict, .invalid, .unreadable: "Refused"
            }
        self.init(reason: reason, message: error.message, remedy: error.remedy)
    }
}
