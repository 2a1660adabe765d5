import Configuration
import Connectors
import FoundationEssentials
import Logging
import Planning
import Reconciling
import Scheduling
import Site
import StateStore
import Synchronization

/// One tenant's lane at work: a mailbox that one task reads, and at most one round under way.
///
/// What the lane decides is done in the order in which it was decided, and is stored before it is done.
final class LaneWorker: Sendable {
    let name: String
    private let tools: LaneTools
    private let mailbox: AsyncStream<Message>
    private let letters: AsyncStream<Message>.Continuation
    private let shown: Mutex<LaneSnapshot>
    /// Used by `run` alone; `nil` before the lane has begun.
    private let work = Mutex<Work?>(nil)
    private let isStopped = Mutex(false)

    /// Between two tries to read what was remembered.
    private static let recallPause = Duration.seconds(5)

    private enum Message: Sendable {
        indirect case input(LaneInput)
        indirect case roundEnded(RoundReport)
        /// Work that a person asked for and that is not a round, such as a rollback; it waits for the round under way.
        case job(Job)
        case jobEnded
        case stop
    }

    init(_ managed: ManagedTenant, tools: LaneTools) {
        name = managed.tenant.name
        self.tools = tools
        (mailbox, letters) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
        shown = Mutex(LaneSnapshot(managed, since: tools.now()))
    }

    /// What the site shows of it.
    var snapshot: LaneSnapshot { shown.withLock { $0 } }

    /// What the operator's file says of the tenant.
    var managed: ManagedTenant { shown.withLock { $0.managed } }

    /// Whether the lane has heard of this commit and of its tenant's folder in it.
    func knows(tree: String, of revision: String) -> Bool {
        shown.withLock { $0.memory.tree == tree && $0.memory.revision == revision }
    }

    func tell(_ input: LaneInput) { letters.yield(.input(input)) }

    /// - Parameters:
    ///   - stopsEarly: Whether its task is cancelled when the worker is stopped, so that it ends at its next safe point; else
    ///     it is waited for.
    ///   - dropped: Called instead of `body` where the worker is stopped before its turn.
    func perform(
        stopsEarly: Bool = false,
        dropped: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable (ManagedTenant) async -> Void
    ) {
        let job = Job(stopsEarly: stopsEarly, dropped: dropped, body: body)
        if case .terminated = letters.yield(.job(job)) { dropped() }
    }

    struct Job: Sendable {
        var stopsEarly: Bool
        var dropped: @Sendable () -> Void
        var body: @Sendable (ManagedTenant) async -> Void
    }

    /// Takes over what the operator's file says now.
    func adopt(_ managed: ManagedTenant) {
        shown.withLock { $0.managed = managed }
        tell(.policyChanged(LanePolicy(managed.tenant)))
    }

    /// Asks it to end: the round under way stops at its next safe point, and `run` returns after it.
    func stop() {
        isStopped.withLock { $0 = true }
        letters.yield(.stop)
    }

    /// Works until it is stopped.
    ///
    /// A tenant whose memory cannot be read is left alone until it can: it may be suspended, or hold a quarantine.
    ///
    /// What is done of a message is done in a task of its own (`async let`): a task keeps the memory of its deepest call for as long
    /// as it lives, and this one lives as long as the process and waits most of the time.
    func run() async {
        var dropped: [Job] = []
        defer { for job in dropped { job.dropped() } }
        if await hasBegun() {
            for await message in mailbox where await isLast(message) { break }
            dropped = await ended()
        }
        dropped += await leftJobs()
    }

    /// - Returns: Whether there is a lane now; not when the worker was stopped before its memory could be read.
    private func hasBegun() async -> Bool {
        async let hasBegun = begun()
        return await hasBegun
    }

    /// - Returns: Whether no further message is waited for.
    private func isLast(_ message: Message) async -> Bool {
        async let isLast = handled(message)
        return await isLast
    }

    private func begun() async -> Bool {
        guard let memory = await recall() else { return false }
        let policy = LanePolicy(managed.tenant)
        var work = Work(lane: Lane(tenant: name, policy: policy, memory: memory.value))
        await handle(.started, &work)
        self.work.withLock { $0 = work }
        return true
    }

    private func handled(_ message: Message) async -> Bool {
        guard var work = work.withLock({ $0 }) else { return true }
        switch message {
        case .input(let input): await handle(input, &work)
        case .roundEnded(let report):
            work.round = nil
            take(report, &work)
            await tools.afterRound(report, managed)
            // What a person asked for goes before the round that the lane may begin next.
            startJob(&work)
            await handle(.roundEnded(report.outcome), &work)
        case .job(let job):
            work.jobs.append(job)
            startJob(&work)
        case .jobEnded:
            work.isJobRunning = false
            work.stoppableJob = nil
            work.digest = nil
            shown.withLock { $0.digest = nil }
            startJob(&work)
            if let round = work.postponed, !work.isJobRunning {
                work.postponed = nil
                begin(round, &work)
            }
            await handle(.stirred(.request), &work)
        case .stop:
            work.isStopping = true
            tools.alarm.clear(for: self)
            work.round?.cancel()
            work.stoppableJob?.cancel()
        }
        self.work.withLock { $0 = work }
        return work.isStopping && work.round == nil && !work.isJobRunning
    }

    /// - Returns: The jobs that did not come to their turn.
    private func ended() async -> [Job] {
        guard var work = work.withLock({ $0 }) else { return [] }
        tools.alarm.clear(for: self)
        if work.lane.memory != work.saved { work.saved = nil }
        await save(&work, [])
        return work.jobs
    }

    /// The jobs that came too late; after it none is taken any more.
    private func leftJobs() async -> [Job] {
        letters.finish()
        var jobs: [Job] = []
        for await message in mailbox {
            if case .job(let job) = message { jobs.append(job) }
        }
        return jobs
    }

    /// What is kept from one message to the next.
    private struct Work: Sendable {
        var lane: Lane
        var saved: LaneMemory?
        var round: Task<Void, Never>?
        /// A round that waits until a job has ended.
        var postponed: Round?
        var digest: String?
        var settings: KnownSettings?
        var jobs: [Job] = []
        /// The job under way, where it may be cancelled.
        var stoppableJob: Task<Void, Never>?
        var isJobRunning = false
        var isStopping = false
    }

    /// What the store remembers; its value is `nil` for a tenant that is new.
    private struct Recalled { var value: LaneMemory? }

    /// Asks until the store can tell; `nil` when the worker was stopped before that.
    private func recall() async -> Recalled? {
        var told: EventDraft?
        while !isStopped.withLock({ $0 }) && !Task.isCancelled {
            do {
                let documents = try await tools.store.documents(DocumentQuery(.lane, key: name))
                let memory = try documents.first.map {
                    try JSONDecoder().decode(LaneMemory.self, from: Data($0.json.utf8))
                }
                if var over = told {
                    (over.time, over.transition) = (tools.now(), .cleared)
                    await tools.events.commit([over])
                }
                return Recalled(value: memory)
            } catch {
                if told == nil {
                    let draft = forgotten("\(error)")
                    tools.logger.error("\(draft.message)", metadata: ["tenant": "\(name)"])
                    // A store that cannot be read at all may not take this either; the log has it.
                    if await tools.events.commit([draft], keeps: false) { told = draft }
                }
                try? await tools.clock.sleep(for: Self.recallPause)
            }
        }
        return nil
    }

    private func forgotten(_ why: String) -> EventDraft {
        EventDraft(
            time: tools.now(),
            tenant: name,
            object: "Tenant/\(name)",
            condition: .stalled,
            reason: "MemoryUnreadable",
            severity: .high,
            message: """
                What was remembered of \(name) cannot be read, so the tenant is left alone: it may be suspended, or a commit of it \
                quarantined. \(why.escapingControls) Restore the store from its backup; it is tried again every few seconds.
                """
        )
    }

    private func handle(_ input: LaneInput, _ work: inout Work) async {
        let actions = work.lane.handle(input, at: tools.now(), chance: tools.chance())
        var drafts: [EventDraft] = []
        for case .raise(let raised) in actions { drafts += raised }
        await save(&work, drafts)
        for action in actions {
            switch action {
            case .raise: break
            case .begin(let round): if !work.isStopping { begin(round, &work) }
            case .end: work.round?.cancel()
            case .answer(let answer): tools.requests.end(answer)
            case .wake(let time): if !work.isStopping { wake(at: time) }
            }
        }
        show(work)
    }

    private func save(_ work: inout Work, _ drafts: [EventDraft]) async {
        let memory = work.lane.memory
        var documents: [Document] = []
        if work.saved.map({ memory.isNews(to: $0) }) ?? true, let data = try? JSONEncoder().encode(memory) {
            documents = [Document(.lane, name, tenant: name, json: String(decoding: data, as: UTF8.self))]
        }
        if await tools.events.commit(drafts, documents: documents), !documents.isEmpty { work.saved = memory }
    }

    private func begin(_ round: Round, _ work: inout Work) {
        guard !work.isJobRunning else {
            work.postponed = round
            return
        }
        let answering = work.lane.answeringRequests
        tools.requests.begin(answering)
        let caller = tools.requests.caller(of: answering) ?? round.approvals.last?.by
        let known = RoundRunner.Known(
            digest: work.digest,
            driftSince: Dictionary(
                work.lane.memory.traces.compactMap { trace in
                    trace.fields.map(\.since).min().map { (trace.connector, $0) }
                }
            ) { first, _ in first },
            settings: work.settings
        )
        let (tools, letters, managed) = (tools, letters, managed)
        work.round = Task {
            let start = tools.now()
            let report = await tools.runner.carryOut(round, of: managed, knowing: known, for: caller)
            tools.observer.ended(
                report,
                round,
                took: max(0, tools.now().timeIntervalSince(start)),
                tenant: managed.tenant.name
            )
            letters.yield(.roundEnded(report))
        }
    }

    private func take(_ report: RoundReport, _ work: inout Work) {
        if report.outcome.live != .notAsked || report.digest != nil { work.digest = report.digest }
        if let settings = report.settings { work.settings = settings }
        let now = tools.now()
        let digest = work.digest
        shown.withLock { shown in
            shown.digest = digest
            // A round that made no plan, as a cheap one, leaves the last one waiting.
            if let plan = report.plan { shown.plan = plan }
            if case .read(let live) = report.outcome.live { shown.live = live }
            if let gate = report.outcome.gate { shown.gate = gate }
            if let readAt = report.readAt { shown.readAt = readAt }
            shown.lastRoundAt = now
            shown.rounds += 1
        }
    }

    private func startJob(_ work: inout Work) {
        guard work.round == nil, !work.isJobRunning, !work.jobs.isEmpty, !work.isStopping else { return }
        let job = work.jobs.removeFirst()
        work.isJobRunning = true
        let (letters, managed) = (letters, managed)
        let task = Task {
            await job.body(managed)
            letters.yield(.jobEnded)
        }
        work.stoppableJob = job.stopsEarly ? task : nil
    }

    private func wake(at time: Date) {
        let letters = letters
        tools.alarm.set(for: self, in: time.timeIntervalSince(tools.now())) { letters.yield(.input(.tick)) }
        shown.withLock { $0.nextLook = time }
    }

    private func show(_ work: Work) {
        shown.withLock { shown in
            shown.memory = work.lane.memory
            shown.running = work.lane.running
        }
    }
}

/// What a worker needs of the controller.
struct LaneTools: Sendable {
    let store: any StateStore
    let runner: RoundRunner
    let events: EventLog
    let requests: RequestBook
    let observer: Observer
    /// Told of each full round that ended, before the next one begins.
    let afterRound: @Sendable (RoundReport, ManagedTenant) async -> Void
    let logger: Logger
    let now: @Sendable () -> Date
    let chance: @Sendable () -> Double
    let clock: any Clock<Duration>
    let alarm: LaneAlarm
}

/// A lane as others see it.
struct LaneSnapshot: Sendable {
    var managed: ManagedTenant
    var memory: LaneMemory
    var running: Round?
    var nextLook: Date?
    var plan: PlanView?
    /// What the last full round saw.
    var live: LiveView?
    /// The digest of what the tenant was read as last; `nil` where that is not known any more.
    var digest: String?
    /// What the gate said last.
    var gate: GateWord?
    var readAt: Date?
    var lastRoundAt: Date?
    var rounds = 0
    /// When the process began to look after it.
    let since: Date

    init(_ managed: ManagedTenant, since: Date) {
        self.managed = managed
        memory = LaneMemory(tenant: managed.tenant.name)
        self.since = since
    }
}

extension LanePolicy {
    /// What the operator's file says of a tenant.
    init(_ tenant: TenantConfiguration) {
        self.init(
            interval: tenant.interval,
            changes: tenant.policy.changes,
            drift: tenant.policy.drift,
            correctAfter: tenant.correctAfter,
            deadline: .seconds(1_800) + tenant.bake,
            seal: Seal.digest(of: tenant.policy)
        )
    }
}
