package import FoundationEssentials
package import Planning

/// Where each tenant stands.
package struct StatusDocument: ReportDocument, Hashable {
    package static let kind = "Status"
    /// 1.1 added `breakGlass` of a tenant, and what runs of the history gained.
    package static let formatVersion = "1.1"

    package var tenants: [TenantStatus]

    package init(tenants: [TenantStatus]) { self.tenants = tenants }
}

/// Where one tenant stands.
package struct TenantStatus: Hashable, Sendable {
    /// What is known of drift.
    package enum Drift: Hashable, Sendable {
        /// The tenant was not read.
        case notAsked
        /// Connectors that deviate, and how many of those deviations are accepted.
        case known(open: Int, accepted: Int)
        /// The tenant could not be read.
        case unknown([ErrorEntry])
    }

    package var tenant: String
    package var source: String
    /// The commit at the tip of the branch; `nil` when it could not be had, and `headErrors` say why.
    package var head: String?
    package var headErrors: [ErrorEntry]
    /// The commit that was applied last; `nil` before the first.
    package var appliedRevision: String?
    package var lastRun: RunRecord?
    package var drift: Drift
    package var quarantine: Quarantine?
    /// Whether the head says of the tenant what was rolled back, be it the very commit or a later one.
    package var headIsQuarantined = false
    /// The journal of a run that was cut off, or of the one in `running`.
    package var unfinished: Journal?
    /// The run that is at work in the tenant.
    package var running: RunInProgress?
    /// Connectors that a person disabled in an emergency, and that stay so meanwhile.
    package var breakGlass: [BreakGlass]

    package init(
        tenant: String,
        source: String,
        head: String?,
        headErrors: [ErrorEntry] = [],
        appliedRevision: String?,
        lastRun: RunRecord? = nil,
        drift: Drift = .notAsked,
        quarantine: Quarantine? = nil,
        unfinished: Journal? = nil,
        running: RunInProgress? = nil,
        breakGlass: [BreakGlass] = []
    ) {
        self.tenant = tenant
        self.source = source
        self.head = head
        self.headErrors = headErrors
        self.appliedRevision = appliedRevision
        self.lastRun = lastRun
        self.drift = drift
        self.quarantine = quarantine
        self.unfinished = unfinished
        self.running = running
        self.breakGlass = breakGlass
    }

    /// The one word that a person looks for.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// A run is at work.
        case applying
        /// A run was cut off.
        case unfinished
        case quarantined
        case unknown
        case neverApplied = "never-applied"
        case behind
        case drifted
        /// The last commit is applied; the tenant was not asked.
        case applied
        case inSync = "in-sync"
    }

    package var state: State {
        if running != nil { return .applying }
        if unfinished != nil { return .unfinished }
        if let quarantine, headIsQuarantined || quarantine.revision == head || head == nil { return .quarantined }
        guard let head else { return .unknown }
        if case .unknown = drift { return .unknown }
        guard let appliedRevision else { return .neverApplied }
        if appliedRevision != head { return .behind }
        switch drift {
        case .notAsked: return .applied
        case .known(let open, _): return open > 0 ? .drifted : .inSync
        case .unknown: return .unknown
        }
    }
}

extension TenantStatus: Encodable {
    private enum Key: String, CodingKey {
        case tenant, source, state, head, applied, lastRun, drift, quarantine, unfinishedRun, running, breakGlass,
            errors
    }

    private enum DriftKey: String, CodingKey { case state, open, accepted }

    private struct Unfinished: Encodable {
        var run: String
        var revision: String
        var phase: Journal.Phase
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(source, forKey: .source)
        try container.encode(state, forKey: .state)
        try container.encode(head, forKey: .head)
        try container.encode(appliedRevision, forKey: .applied)
        try container.encode(lastRun.map(RunSummary.init), forKey: .lastRun)
        try container.encode(quarantine.map(QuarantineSummary.init), forKey: .quarantine)
        try container.encode(
            unfinished.map { Unfinished(run: $0.run, revision: $0.revision, phase: $0.phase) },
            forKey: .unfinishedRun
        )
        try container.encodeIfPresent(running, forKey: .running)
        if !breakGlass.isEmpty { try container.encode(breakGlass, forKey: .breakGlass) }
        var errors = headErrors
        var driftContainer = container.nestedContainer(keyedBy: DriftKey.self, forKey: .drift)
        switch drift {
        case .notAsked: try driftContainer.encode("not-asked", forKey: .state)
        case .unknown(let reasons):
            try driftContainer.encode("unknown", forKey: .state)
            errors += reasons
        case .known(let open, let accepted):
            try driftContainer.encode(open > 0 ? "drifted" : "none", forKey: .state)
            try driftContainer.encode(open, forKey: .open)
            try driftContainer.encode(accepted, forKey: .accepted)
        }
        if !errors.isEmpty { try container.encode(errors, forKey: .errors) }
    }
}

/// A run that is at work in a tenant now.
package struct RunInProgress: Hashable, Sendable, Encodable {
    /// The run's id; empty when a version that kept none started it.
    package var run: String
    package var since: Date
    /// The process and its machine, for people.
    package var by: String

    package init(run: String, since: Date, by: String) {
        self.run = run
        self.since = since
        self.by = by
    }
}

/// A quarantine without its tenant, which is next to it.
private struct QuarantineSummary: Encodable {
    let quarantine: Quarantine

    private enum Key: String, CodingKey { case revision, run, reason, since, request }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(quarantine.revision, forKey: .revision)
        try container.encode(quarantine.run, forKey: .run)
        try container.encode(quarantine.reason, forKey: .reason)
        try container.encode(quarantine.since, forKey: .since)
        try container.encodeIfPresent(quarantine.request, forKey: .request)
    }
}
