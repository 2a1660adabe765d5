import GitRepositories
import ExchangeOnline
import Configuration
import Connectors
import FoundationEssentials
import Planning
import Reconciling
import Reports
import Scheduling
import Site
import StateStore

/// What the site shows and passes on.
struct ControllerModel: SiteModel {
    let lanes: LaneRegistry
    let sources: SourceKeeper
    let settings: ConfigurationHolder
    let requests: RequestBook
    let events: EventLog
    let observer: Observer
    let gate: RoundGate
    /// What a new run needs, with the configuration in force.
    let newEnvironment: @Sendable () -> RunEnvironment
    let health: StoreWatch
    let watches: WatchKeeper
    let rollouts: RolloutKeeper
    let partners: PartnerService
    let credentials: CredentialService
    let hooks: HookKeeper

    private var environment: RunEnvironment { newEnvironment() }
    private var now: Date { environment.timing.now() }

    // MARK: Views

    func tenants() async -> [TenantView] {
        let sources = await sources.all
        let now = now
        // Where the store does not tell, that is a condition of its own.
        let words = (try? await environment.store.emergencies(of: nil)) ?? []
        let holding = Dictionary(grouping: words.filter { $0.until > now }, by: \.tenant)
        return lanes.all.map { worker in
            let lane = worker.snapshot
            var view = TenantView(lane, head: sources[lane.managed.source.name]?.head, at: now)
            view.breakGlass = holding[view.tenant]
            return view
        }
    }

    func plans(of tenant: String?) async -> [PlanView] {
        lanes.all.filter { tenant == nil || $0.name == tenant }.compactMap(\.snapshot.plan)
    }

    func watches() async throws(ProblemDetails) -> [WatchView] {
        var views: [WatchView] = []
        for worker in lanes.all { views += await watches.watches(of: worker.name).map { WatchView($0) } }
        return views.filter { !$0.isEnded } + views.filter(\.isEnded)
    }

    func request(_ id: String) async -> RequestView? { requests[id] }

    func readiness() async -> Readiness {
        var missing: [String] = []
        // Anyone may ask this, so it tells no paths and no hosts; the log has the reasons.
        if await health.trouble() != nil { missing.append("The store cannot be written.") }
        let states = await sources.all
        for source in settings.current.sources where states[source.name]?.snapshot == nil {
            missing.append("The source \(source.name) was not read yet.")
        }
        return Readiness(missing: missing)
    }

    func metrics() async -> String {
        observer.page(
            lanes.all.map(\.snapshot),
            await sources.all,
            certificates: await partners.certificates,
            credentials: await credentials.ends,
            watches: await watches.active,
            queue: await gate.queue,
            at: now
        )
    }

    func eventSignals() -> AsyncStream<Void> { events.follow() }

    func knows(hook: String) -> Bool { hooks.knows(hook) }

    func take(_ delivery: HookDelivery) { hooks.take(delivery) }

    // MARK: Requests

    func ask(tenant: String, by caller: String) async throws(ProblemDetails) -> RequestView {
        let worker = try worker(tenant)
        let view = try add(tenant, caller)
        worker.tell(.asked(id: view.id, .request))
        return view
    }

    func retry(tenant: String?, source: String?, by caller: String) async throws(ProblemDetails) -> [RequestView] {
        let workers: [LaneWorker]
        if let tenant {
            workers = [try worker(tenant)]
        } else {
            workers = lanes.all.filter { $0.managed.source.name == source }
            guard !workers.isEmpty else {
                throw .notFound("source \(source ?? "")", remedy: "The configuration lists the sources.")
            }
        }
        if let source { await rollouts.retry(source) }
        var views: [RequestView] = []
        for worker in workers {
            let view = try add(worker.name, caller)
            let (environment, requests) = (environment, requests)
            worker.perform { managed in
                do throws(RunStop) {
                    _ = try await Reconciler(environment).retry(managed)
                } catch {
                    requests.end(view.id, run: nil, exitCode: error.status.rawValue, message: error.message)
                }
            }
            worker.tell(.asked(id: view.id, .retry))
            views.append(view)
        }
        return views
    }

    func rollBack(run: String, reason: String, by caller: String) async throws(ProblemDetails) -> RequestView {
        let record: RunRecord
        do throws(StateStoreError) {
            record = try await environment.store.run(matching: run).record
        } catch {
            throw ProblemDetails(error)
        }
        let worker = try worker(record.tenant)
        let view = try add(record.tenant, caller)
        var environment = environment
        environment.startedBy = caller
        let (requests, runEnvironment) = (requests, environment)
        let (events, observer) = (events, observer)
        worker.perform { managed in
            let status: Int32
            let message: String
            var id: String?
            do {
                let rollback = try await RollbackRun.find(record.id, runEnvironment, reason: "\(caller): \(reason)")
                let document = await rollback.perform()
                let tenant = document.tenants.first
                status = document.exitStatus.rawValue
                message = tenant?.error?.message ?? tenant?.message ?? ""
                id = tenant?.run
                if tenant?.result == .applied || tenant?.result == .partlyApplied {
                    observer.rolledBack(managed.tenant.name, because: "by-hand")
                }
            } catch let stop as RunStop {
                (status, message) = (stop.status.rawValue, stop.message)
            } catch {
                (status, message) = (1, "\(error)")
            }
            let draft = EventDraft(
                time: runEnvironment.timing.now(),
                tenant: managed.tenant.name,
                object: "Tenant/\(managed.tenant.name)",
                condition: .rolledBack,
                reason: "Manual",
                severity: .warning,
                message: "\(caller) had run \(record.id) rolled back: \(reason). \(message)",
                run: id,
                revision: record.revision
            )
            await events.commit([draft])
            requests.end(view.id, run: id, exitCode: status, message: message)
        }
        return view
    }

    private func add(_ tenant: String, _ caller: String) throws(ProblemDetails) -> RequestView {
        let view = RequestView(id: RunID.make(now: now), tenant: tenant, asked: now, by: caller)
        guard requests.add(view) else {
            throw ProblemDetails(
                429,
                id: "too-many-requests",
                "Too many requests",
                detail: "\(RequestBook.limit) requests wait for their outcome.",
                remedy: "Ask again when some have ended."
            )
        }
        // A tenant that was removed meanwhile has ended those that came before this one.
        if lanes[tenant] == nil { requests.endAll(of: tenant) }
        return view
    }

    private func worker(_ tenant: String) throws(ProblemDetails) -> LaneWorker {
        guard let worker = lanes[tenant] else {
            throw .notFound("tenant \(tenant)", remedy: "GET /api/v1/tenants lists them.")
        }
        return worker
    }

    // MARK: A person's words

    func approve(
        tenant: String?,
        digest: String,
        verdict seen: GateWord.Verdict?,
        reason: String,
        by caller: String
    ) async throws(ProblemDetails) -> [ApprovalView] {
        if let tenant { _ = try worker(tenant) }
        // Each plan is taken once: a round that ends meanwhile may bring another, with a verdict that the person did not see.
        let meant = lanes.all.compactMap { worker -> (worker: LaneWorker, plan: PlanView, digest: String)? in
            guard tenant == nil || worker.name == tenant, let plan = worker.snapshot.plan,
                let whole = plan.whole(digest)
            else { return nil }
            return (worker, plan, whole)
        }
        guard !meant.isEmpty else {
            throw ProblemDetails(
                404,
                id: "plan-unknown",
                "No such plan",
                detail: "No tenant has a plan whose digest begins with \(digest.prefix(12)).",
                remedy: "The plan may have changed since: GET /api/v1/plans lists those there are."
            )
        }
        let waiting = meant.filter(\.plan.isWaiting)
        guard !waiting.isEmpty else {
            throw ProblemDetails(
                409,
                id: "plan-not-waiting",
                "Nothing waits",
                detail: "The plan does not wait for an approval.",
                remedy: "GET /api/v1/tenants says what each tenant waits for."
            )
        }
        for (worker, plan, _) in waiting { try refuseIfWorse(plan, than: seen, of: worker.name) }
        var views: [ApprovalView] = []
        for (worker, plan, whole) in waiting {
            let verdict = seen ?? plan.verdict.flatMap(GateWord.Verdict.init(rawValue:))
            let approval = Approval(digest: whole, reason: reason, by: caller, at: now, verdict: verdict)
            let seen = verdict.map { ", of which the gate said \($0.rawValue)" } ?? ""
            worker.tell(.approved(approval))
            await events.commit([
                draft(
                    worker.name,
                    .approved,
                    "Approved",
                    "\(caller) approved the plan \(whole.shortDigest)\(seen): \(reason)"
                )
            ])
            views.append(ApprovalView(tenant: worker.name, digest: whole, reason: reason, by: caller, at: now))
        }
        return views
    }

    /// What a person let through was what they saw.
    private func refuseIfWorse(
        _ plan: PlanView,
        than seen: GateWord.Verdict?,
        of tenant: String
    ) throws(ProblemDetails) {
        let order = GateWord.Verdict.allCases
        guard let seen, let now = plan.verdict.flatMap(GateWord.Verdict.init(rawValue:)),
            let before = order.firstIndex(of: seen), let after = order.firstIndex(of: now), after > before
        else { return }
        throw ProblemDetails(
            409,
            id: "plan-worse",
            "The gate says worse by now",
            detail:
                "The plan of \(tenant) was looked at when the TLS gate said \(seen.rawValue), and it says \(now.rawValue) now. Nothing was approved.",
            remedy:
                "Look at the plan's findings as they are now; approve it again with the new verdict, or fix what they name."
        )
    }

    func suspend(
        tenant: String,
        until: Date,
        reason: String,
        by caller: String
    ) async throws(ProblemDetails) -> SuspensionView {
        let worker = try worker(tenant)
        guard until > now else {
            throw ProblemDetails(
                400,
                id: "suspension-past",
                "Already over",
                detail: "until lies in the past: \(Timestamp.text(until)).",
                remedy: "Name a time that is still to come."
            )
        }
        let suspension = Suspension(until: until, reason: reason, by: caller, since: now)
        worker.tell(.suspended(suspension))
        return SuspensionView(tenant: tenant, suspension)
    }

    func resume(tenant: String, by caller: String) async throws(ProblemDetails) {
        let worker = try worker(tenant)
        guard worker.snapshot.memory.suspension != nil else {
            throw .notFound("suspension of \(tenant)", remedy: "It may have ended by itself.")
        }
        worker.tell(.resumed(by: caller))
        await events.commit([draft(tenant, .suspended, "Resumed", "\(caller) ended the suspension.", .cleared)])
    }

    func endWatch(_ id: String, reason: String, by caller: String) async throws(ProblemDetails) -> WatchView {
        do throws(StateStoreError) {
            let ended = try await watches.end(id, reason: reason, by: caller, in: lanes.all.map(\.name))
            if let ended { return WatchView(ended) }
        } catch {
            guard case .noSuchRun = error else { throw ProblemDetails(error) }
        }
        throw .notFound("watch \(id) under way", remedy: "GET /api/v1/watches lists them.")
    }

    private func draft(
        _ tenant: String,
        _ condition: ConditionType,
        _ reason: String,
        _ message: String,
        _ transition: Event.Transition = .raised
    ) -> EventDraft {
        EventDraft(
            time: now,
            tenant: tenant,
            object: "Tenant/\(tenant)",
            condition: condition,
            reason: reason,
            transition: transition,
            severity: .info,
            message: message
        )
    }
}

extension SourceKeeper.State {
    var head: String? { snapshot?.commit.id }
}

extension PlanView {
    /// The digest of the plan or of its changes that begins with these hex digits.
    func whole(_ digits: String) -> String? {
        [changesDigest, planDigest].first { $0.hasPrefix(digits) || $0.dropFirst(7).hasPrefix(digits) }
    }
}

extension String {
    /// Twelve digits of a digest, as people read it.
    fileprivate var shortDigest: String { String((hasPrefix("sha256:") ? dropFirst(7) : self[...]).prefix(12)) }
}

extension SuspensionView {
    init(tenant: String, _ suspension: Suspension) {
        self.init(
            tenant: tenant,
            until: suspension.until,
            reason: suspension.reason,
            by: suspension.by,
            since: suspension.since
        )
    }
}
