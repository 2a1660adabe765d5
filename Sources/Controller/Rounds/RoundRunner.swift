import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Logging
import Planning
import Reconciling
import Reports
import Scheduling
import Site
import StateStore
import TLSGate

/// Carries out one round of one tenant, as the lane decided it.
struct RoundRunner: Sendable {
    /// What a new run needs, with the configuration in force.
    let newEnvironment: @Sendable () -> RunEnvironment
    let shared: SharedResources
    let sources: SourceKeeper
    let gate: RoundGate
    private let feeds: ActivityFeeds
    /// Whether a tenant may get this very commit now; asked of a round that would write it.
    let permits: @Sendable (ManagedTenant, SourceSnapshot) async -> Bool

    init(
        environment: @escaping @Sendable () -> RunEnvironment,
        shared: SharedResources,
        sources: SourceKeeper,
        gate: RoundGate,
        permits: @escaping @Sendable (ManagedTenant, SourceSnapshot) async -> Bool = { _, _ in true }
    ) {
        newEnvironment = environment
        self.shared = shared
        self.sources = sources
        self.gate = gate
        self.permits = permits
        feeds = ActivityFeeds(environment().logger)
    }

    private var environment: RunEnvironment { newEnvironment() }

    /// What the lane knows that a round needs.
    struct Known: Sendable {
        /// The digest of the last full reading; `nil` before the first.
        var digest: String?
        /// Since when each connector has drifted.
        var driftSince: [ConnectorKey: Date] = [:]
        /// What the organization's settings were when they were last read; `nil`: they are read in the next full round.
        var settings: KnownSettings?
    }

    /// - Parameter caller: The token by whose request or approval the round began; `nil`: it began by itself.
    func carryOut(
        _ round: Round,
        of managed: ManagedTenant,
        knowing known: Known,
        for caller: String? = nil
    ) async -> RoundReport {
        await gate.enter()
        let report =
            switch round.kind {
            case .cheap: await glance(round, managed, known)
            case .full: await full(round, managed, known, caller)
            }
        await gate.leave()
        return report
    }

    // MARK: The cheap round

    private func glance(_ round: Round, _ managed: ManagedTenant, _ known: Known) async -> RoundReport {
        do throws(RunStop) {
            let reader = TenantReader(try shared.connections.connection(to: managed.tenant, environment))
            switch await reader.glance(deadline: managed.tenant.readTimeout) {
            case .known(let glance):
                let isSame = glance.digest == known.digest
                return RoundReport(
                    outcome: RoundOutcome(round: round.number, result: .inSync, live: isSame ? .unmoved : .moved),
                    digest: known.digest,
                    readAt: glance.readAt
                )
            case .unknown(let error): throw RunStop(unread: error)
            }
        } catch {
            return RoundReport(
                outcome: RoundOutcome(round: round.number, stoppedBy: error, live: .unknown(error)),
                digest: known.digest
            )
        }
    }

    // MARK: The full round

    private func full(
        _ round: Round,
        _ managed: ManagedTenant,
        _ known: Known,
        _ caller: String?
    ) async -> RoundReport {
        // Whoever asks for a run means the commit that is there now.
        let asksForNews = !Set(round.causes).isDisjoint(with: [.request, .webhook, .retry])
        var state = await sources.state(of: managed.source.name)
        if asksForNews || state.snapshot == nil { state = await sources.refresh(managed.source) }
        guard !Task.isCancelled else {
            return RoundReport(
                outcome: RoundOutcome(round: round.number, stoppedBy: .interrupted, live: .notAsked)
            )
        }
        var round = round
        // The lane decided before this commit was read, and may not have heard yet what the rollout says of it.
        if round.mayApply, let snapshot = state.snapshot, !(await permits(managed, snapshot)) { round.mayApply = false }
        var environment = environment
        // A tenant that waits to see whether a change lasts holds up no other.
        environment.onLongWait = { [gate] isWaiting in
            if isWaiting { await gate.leave() } else { await gate.enter() }
        }
        environment.startedBy = caller
        let pass = Pass(environment, known: [managed.source.name: state.snapshot].compactMapValues { $0 })
        let reconciler = Reconciler(environment, shared: shared, pass: pass)
        let ending: RunEnding
        if let trouble = state.trouble, state.snapshot == nil {
            ending = await reconciler.readings(managed, because: trouble)
        } else {
            ending = await run(round, managed, reconciler)
        }
        var report = await report(ending, round, managed, reconciler, known)
        report.mayApply = round.mayApply
        return report
    }

    private func run(_ round: Round, _ managed: ManagedTenant, _ reconciler: Reconciler) async -> RunEnding {
        var options = TenantRun.Options()
        options.approvals = round.approvals.map { approval in
            TenantRun.Approval(digest: approval.digest, verdict: approval.verdict.flatMap(Verdict.init))
        }
        options.scope = PlanScope(
            includesCommit: round.mayApply || round.corrections.isEmpty,
            corrections: Dictionary(
                round.corrections.map {
                    ($0.connector, PlanScope.Correction(fields: Set($0.fields), recreates: $0.recreates))
                }
            ) { first, _ in first }
        )
        // Drift that is only proposed is part of a plan that waits for its approval, and holds up no commit.
        if managed.tenant.policy.drift == .propose, !round.approvals.isEmpty {
            var proposing = options
            proposing.scope = PlanScope()
            let proposed = await reconciler.run(managed, TenantRun.planning, options: proposing)
            if let plan = proposed.plan.plan, round.approvals.contains(where: { plan.isMeant(by: $0.digest) }) {
                options = proposing
            }
        }
        let ending = await reconciler.run(
            managed,
            round.mayWrite ? TenantRun.reconciling : TenantRun.planning,
            options: options
        )
        // A commit that cannot be read blinds no one to what happens in the tenant.
        if let stop = ending.stop, ending.observed == nil, !stop.cause.isOfTheTenant, stop.status != .interrupted,
            [.definitionsInvalid, .sourceUnreadable, .sourceHeld].contains(stop.cause)
        {
            return await reconciler.readings(managed, because: stop)
        }
        return ending
    }

    private func report(
        _ ending: RunEnding,
        _ round: Round,
        _ managed: ManagedTenant,
        _ reconciler: Reconciler,
        _ known: Known
    ) async -> RoundReport {
        var outcome = RoundOutcome(round: round.number, ending, mayWrite: round.mayWrite)
        guard let observed = ending.observed else {
            return RoundReport(outcome: outcome, plan: PlanView(ending, outcome, at: environment.timing.now()))
        }
        let digest = TenantGlance(of: observed).digest
        var known = known
        // Nothing moved, and no one asks: yesterday's settings will do.
        if round.causes != [.interval] || digest != known.digest { known.settings = nil }
        let (live, settings) = await live(ending, managed, known)
        outcome.live = .read(live)
        var plan = PlanView(ending, outcome, at: environment.timing.now())
        if managed.tenant.policy.drift == .propose, outcome.cause == nil, outcome.waiting == nil,
            live.drift.contains(where: { !$0.item.accepted })
        {
            var proposing = TenantRun.Options()
            proposing.judgesPartners = false
            let proposed = await reconciler.run(managed, TenantRun.planning, options: proposing)
            if let made = proposed.plan.plan, !made.changes.isEmpty {
                outcome.waiting = WaitingPlan(made)
                plan = PlanView(proposed, outcome, at: environment.timing.now())
            }
        }
        // What was written since it was read is not what was read.
        let hasWritten = ending.outcome.written > 0
        return RoundReport(
            outcome: outcome,
            plan: plan,
            digest: hasWritten ? nil : digest,
            settings: settings,
            readAt: observed.readAt
        )
    }

    /// What is known of the tenant in addition to the plan: authors, blocked connectors, auditing.
    private func live(
        _ ending: RunEnding,
        _ managed: ManagedTenant,
        _ known: Known
    ) async -> (LiveView, KnownSettings?) {
        let items = ending.drift
        var view = LiveView(unmanaged: ending.unmanaged, blockedConnectors: nil, isAuditing: nil)
        guard let connection = try? shared.connections.connection(to: managed.tenant, environment) else {
            return (view, nil)
        }
        let reader = TenantReader(connection)
        async let blocked = reader.blockedConnectors(deadline: managed.tenant.readTimeout)
        async let read = settings(of: managed, reader, known.settings)
        if case .known(let connectors) = await blocked {
            view.blockedConnectors = connectors.map { connector in
                let guid = connector.guid ?? ""
                let seen = ending.observed?.connectors.first { $0.guid == guid }
                return seen?.displayName ?? connector.name ?? (guid.isEmpty ? "a connector without a name" : guid)
            }
        }
        let settings = await read
        view.isAuditing = settings?.isAuditing
        view.rejectsDirectSend = settings?.rejectsDirectSend
        guard !items.isEmpty else { return (view, settings) }
        let now = environment.timing.now()
        let written = Dictionary(ending.applied.connectors.map { ($0.key, $0) }) { first, _ in first }
        let since = max(
            items.compactMap { written[$0.key]?.at }.min() ?? .distantPast,
            now.addingTimeInterval(-7 * 86_400)
        )
        let authors = AuthorSearch(items: items, written: written, seen: known.driftSince, since: since, now: now)
        let found = await authors.found(by: connection, of: managed, feeds: feeds)
        view.drift = items.map { item in
            let author = found[item.key].map { DriftAuthor($0.author) } ?? .notYetKnown
            let weakens = ending.weakeningDrift.contains(item.key)
            return DriftFinding(
                item,
                author: author,
                fieldAuthors: found[item.key]?.fields.mapValues(DriftAuthor.init) ?? [:],
                weakeningFields: weakens ? Set(item.fields.map(\.path)).union(["object"]) : []
            )
        }
        return (view, settings)
    }

    /// What was known, while that is fresh; `nil` where auditing could not be asked about.
    private func settings(
        of managed: ManagedTenant,
        _ reader: TenantReader,
        _ known: KnownSettings?
    ) async -> KnownSettings? {
        let now = environment.timing.now()
        if let known, known.isFresh(at: now) { return known }
        async let auditing = reader.isAuditingOn(deadline: managed.tenant.readTimeout)
        async let organization = reader.organizationSettings(deadline: managed.tenant.readTimeout)
        guard case .known(let isAuditing) = await auditing else { return nil }
        var settings = KnownSettings(isAuditing: isAuditing, readAt: now)
        if case .known(let read) = await organization { settings.rejectsDirectSend = read.rejectsDirectSend }
        return settings
    }
}

extension DriftAuthor {
    init(_ author: ChangeAuthor) {
        self =
            switch author {
            case .person(let name, let at, let address):
                .known(name: name, isApplication: false, at: at, address: address)
            case .application(let id, let at, let address):
                .known(name: id, isApplication: true, at: at, address: address)
            case .notYetKnown: .notYetKnown
            case .notFound: .notFound
            case .auditingOff: .auditingOff
            }
    }
}

extension Verdict {
    fileprivate init?(_ verdict: GateWord.Verdict) { self.init(rawValue: verdict.rawValue) }
}
