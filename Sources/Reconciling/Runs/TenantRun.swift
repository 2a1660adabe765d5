package import Configuration
package import Connectors
package import Definitions
package import Planning
package import Reports
package import StateStore
package import TLSGate

/// One pass of the pipeline for one tenant: a list of steps of one signature, and one place that turns their end into a
/// status.
package struct TenantRun: Sendable {
    /// A step adds to what the run knows, or ends it.
    package typealias Step = @Sendable (inout TenantRun) async throws(RunStop) -> Void

    /// What `plan` does; nothing in it can write to a tenant, and it needs no lease.
    package static let planning: [Step] = [
        loadDefinitions, findAhead, observe, makePlan, checkReviews, judge, checkVerdicts,
    ]
    /// Whether the definitions are right, and nothing else: neither the tenant nor a partner is asked.
    package static let validating: [Step] = [loadDefinitions]
    /// What a plan for people to read takes: it also says who made the drift.
    static let planningForReaders: [Step] = planning + [attribute]
    /// What `apply` does, from the lease to what is remembered.
    package static let reconciling: [Step] =
        [claim, recover] + planning + [refuseUnlessClear, write, validate, watch, remember]
    /// Finishes what an earlier run left when it was cut off, and nothing else.
    package static let recovering: [Step] = [claim, recover]

    package let environment: RunEnvironment
    package let shared: SharedResources
    package let pass: Pass
    package let managed: ManagedTenant
    /// Its way to the tenant, also when the configuration changes while it runs.
    private let hold: TenantConnections.Hold
    package var options: Options

    package var source: Source { managed.source }
    package var tenant: TenantConfiguration { managed.tenant }

    package var snapshot: SourceSnapshot?
    /// What the tenant's definitions at the commit are made of (`TenantDefinitions.id`); `nil` for a working tree.
    package var tree: String?
    /// Whether the tenant has instances of templates, so that it depends on those as well.
    var usesTemplates = false
    /// Whether `instances` is filled in, for people to look at.
    var keepsInstances = false
    var instances: [ExpandedInstance] = []
    package var definitions: DefinitionSet?
    package var guards: [Guard] = []
    package var notes: [String] = []
    package var applied = AppliedTenant()
    /// What git says, with what runs ahead of it as it was applied: what the plan is made from.
    var desired: DesiredTenant?
    /// Where the tenant runs ahead of git; `nil` before that is known.
    var ahead: [AheadStanding]?
    package var observed: ObservedTenant?
    /// As it was read first, before anything was written.
    var firstObserved: ObservedTenant?
    /// Deviations that were found although there is no plan.
    var drift: [DriftItem] = []
    /// Connectors that are not ours, as far as that can be told without a plan.
    var unmanaged: [UnmanagedConnector] = []
    package var plan: Plan?
    /// The plan's drift with its authors; `nil` when they were not asked for.
    var attributedDrift: [AttributedDrift]?
    package var judgements: [Judgement] = []
    /// One row for each next hop.
    package var evidence: [GateEvidence.Row] = []
    /// The right to write for the tenant, while the run has it.
    package var lease: Lease?
    /// Renews the lease while the run waits for others.
    var renewal: Task<Void, Never>?
    package var record: RunRecord?
    package var journal: Journal?
    /// What Exchange's own validation said, where a person asked for it.
    var validation: ConnectorValidation?
    /// Whether `journal` is that of an earlier run, which is gone on with.
    var isResuming = false
    /// What the steps so far have found out of the plan as it is.
    var passed: Set<Milestone> = []

    /// What a later step builds on, in the words in which a run tells that it is missing.
    enum Milestone: String {
        case recovery = "whether an earlier run was cut off"
        case reviews = "what reviewers were shown"
        case gate = "what the gate says"
        case verdicts = "whether the gate says worse than reviewers were shown"
        case clearance = "whether anything holds the plan"
    }

    package struct Options: Sendable {
        /// Which commit is planned; only that of the branch can be applied.
        package var reference = SourceReference.branch
        package var judgesPartners = true
        /// Whether a person who reads the plan is told of files that are not committed.
        ///
        /// Git looks at each file of the repository for that, so that nothing else asks for it.
        package var looksAtWorkTree = false
        /// What is remembered of each tenant, instead of what the store says; such a plan cannot be applied.
        package var states: [String: RememberedTenant]?
        /// The plan that a person saw, which must come out again.
        package var expected: Plan?
        /// A commit that is obeyed although it does not descend from the one applied last.
        package var acceptedRevision: String?
        /// Whether a person has seen the plan and said yes.
        package var isAttended = false
        /// Which part of the plan is wanted.
        package var scope = PlanScope()
        /// The id that the run is to have, where it was stored before; `nil`: a new one.
        package var runID: String?
        /// Whether a change is held that was not shown in a merged request; what a request would do is not merged yet.
        package var checksReviews = true
        /// The plans that a person let through.
        package var approvals: [Approval] = []
        /// The request whose merge is planned: its own runs ahead of git are no word against it.
        package var request: Int?
        /// What is applied before its merge.
        package var wish: AheadWish?
        /// Asked right before the first write of what is applied before its merge: why it must not be written after all.
        package var hindrance: (@Sendable () async -> String?)?
        /// The worst of the gate's verdicts that a person saw and let through with this plan; `nil`: none was shown.
        var acceptedVerdict: Verdict?
        /// Whether the checks that an earlier run still owes are given up, as a person rolls back.
        var leavesChecks = false
        /// Why there is nothing that could be applied, where that was known before the run.
        var refusal: RunStop?

        package init() {}
    }

    /// A person's word for one plan, with what was shown of it.
    package struct Approval: Hashable, Sendable {
        /// Of the plan or of its changes, whole or its first hex digits.
        package var digest: String
        /// What the gate said; `nil` where it was not asked.
        package var verdict: Verdict?

        package init(digest: String, verdict: Verdict? = nil) {
            self.digest = digest
            self.verdict = verdict
        }
    }

    package init(
        environment: RunEnvironment,
        shared: SharedResources,
        pass: Pass,
        of managed: ManagedTenant,
        options: Options = Options()
    ) {
        self.environment = environment
        self.shared = shared
        self.pass = pass
        self.managed = managed
        self.options = options
        hold = shared.connections.hold(of: managed.tenant)
    }

    /// Runs the steps to their end, or to the one that ends the run; then keeps a refusal in the history and gives the
    /// lease back, whatever happened.
    package mutating func run(_ steps: [Step]) async -> RunEnding {
        let stop = await perform(steps)
        if let stop { await recordRefusal(stop) }
        await release()
        let ending = ending(stop)
        environment.report(RunEvent(subject: tenant.name, what: .ended(ending)))
        return ending
    }

    /// Runs the steps in order until one ends the run.
    mutating func perform(_ steps: [Step]) async -> RunStop? {
        defer { environment.tell(tenant.name, nil) }
        for step in steps {
            do throws(RunStop) {
                if (environment.isInterrupted() || Task.isCancelled) && journal == nil { throw .interrupted }
                try await step(&self)
            } catch {
                return error
            }
        }
        return nil
    }

    /// Whether the operator's own file says to roll back even into weaker security.
    var mayWeaken: Bool { tenant.onRegression == .rollBackEvenIfWeaker }

    /// What an earlier step has found out.
    ///
    /// - Throws: Where no step did, which can only be our own fault: a run must not go on as if there were nothing to it.
    func known<Value>(_ value: Value?, _ name: String) throws(RunStop) -> Value {
        guard let value else { throw stepMissing(name) }
        return value
    }

    /// Stops unless the steps before found out all of this: a check that is left out must not pass for one that was passed.
    func require(_ milestones: Milestone...) throws(RunStop) {
        if let missing = milestones.first(where: { !passed.contains($0) }) { throw stepMissing(missing.rawValue) }
    }

    func stepMissing(_ name: String) -> RunStop {
        RunStop(
            .error,
            id: "step-missing",
            "The run for \(tenant.name) came to a step that must know \(name), and no step before it found that out. Nothing more was done.",
            remedy: "This is a fault of Mitregate. Report it, with the command and the version."
        )
    }
}
