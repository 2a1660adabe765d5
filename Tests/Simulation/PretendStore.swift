import Connectors
import FoundationEssentials
import MailWatch
import Planning
import PullRequests
import Scheduling

/// A store in memory that several replicas share: whole transactions, fences, and failures.
struct PretendStore {
    struct TenantRow {
        var applied: [ConnectorKey: AppliedConnector] = [:]
        var revision: String?
        var journals: [String: Journal] = [:]
        var unfinished: String?
        /// The plans of the branch's runs that have not ended, by the runs' ids.
        var plans: [String: Planning.Plan] = [:]
        var quarantine: Quarantine?
        var fence = 0
        /// Who may write for the tenant, until when.
        var holder: (run: String, until: Date)?
        /// The replica that drives the tenant's lane, until when.
        var owner: (replica: String, until: Date)?
        var memory: LaneMemory?
        /// Requests that were made and are in no lane's memory yet.
        var inbox: [LaneInput] = []
        var watches: [Watch] = []
        /// What the history says of runs whose watches did not begin yet: when they ended, oldest first.
        var unwatched: [(run: String, at: Date)] = []
        /// The commit that was tried last.
        var tried: String?
        /// Runs that applied what a request changes before its merge, and how all of them ended.
        var ahead: [AheadRun] = []
        var endings: [String: TenantOutcome] = [:]
        /// The commits that were in force, each with its run, oldest first.
        var history: [(run: String, revision: String)] = []

        var appliedTenant: AppliedTenant {
            AppliedTenant(connectors: applied.values.sorted { $0.key < $1.key }, revision: revision)
        }
    }

    var rows: [TenantRow]
    var rollout: Rollout
    var requests: [Int: RequestMemory] = [:]
    /// The branch's commit up to which it is known which requests were merged.
    var settled: String?
    /// The commits up to there for which the forge named no request.
    var unnamed = UnnamedCommits()
    var offers: [String: OfferRecord] = [:]
    /// The replica that looks at the requests, until when.
    var desk: (replica: String, until: Date)?
    var fault: (kind: Disturbance.StoreFault, until: Date)?

    static let leaseTime: TimeInterval = 30

    init(tenants: Int, policy: RolloutPolicy) {
        rows = Array(repeating: TenantRow(), count: tenants)
        rollout = Rollout(source: "mail-flow", policy: policy)
    }

    func isReadable(at now: Date) -> Bool { !has(.down, at: now) }

    func isWritable(at now: Date) -> Bool { !has(.down, at: now) && !has(.full, at: now) }

    /// How long an answer takes.
    func latency(at now: Date) -> TimeInterval { has(.slow, at: now) ? 7 : 0.01 }

    private func has(_ kind: Disturbance.StoreFault, at now: Date) -> Bool {
        fault.map { $0.kind == kind && now < $0.until } ?? false
    }

    /// Takes the tenant for one run.
    ///
    /// - Returns: The fencing number, or `nil` while another run has it.
    mutating func acquire(_ tenant: Int, run: String, at now: Date) -> Int? {
        if let holder = rows[tenant].holder, holder.until > now { return nil }
        rows[tenant].fence += 1
        rows[tenant].holder = (run, now.addingTimeInterval(Self.leaseTime))
        return rows[tenant].fence
    }

    mutating func renew(_ tenant: Int, fence: Int, at now: Date) {
        guard rows[tenant].fence == fence else { return }
        rows[tenant].holder?.until = now.addingTimeInterval(Self.leaseTime)
    }

    mutating func release(_ tenant: Int, fence: Int) {
        if rows[tenant].fence == fence { rows[tenant].holder = nil }
    }

    /// Stores a journal with what it says of the applied state, or nothing.
    ///
    /// - Returns: Whether the run still has the tenant.
    mutating func commit(_ tenant: Int, fence: Int, journal: Journal?, updates: [AppliedUpdate], at now: Date) -> Bool {
        guard rows[tenant].fence == fence, rows[tenant].holder != nil else { return false }
        renew(tenant, fence: fence, at: now)
        for update in updates {
            switch update {
            case .remember(let entry): rows[tenant].applied[entry.key] = entry
            case .forget(let key): rows[tenant].applied[key] = nil
            }
        }
        if let journal {
            rows[tenant].journals[journal.run] = journal
            rows[tenant].unfinished = journal.run
        }
        return true
    }
}
