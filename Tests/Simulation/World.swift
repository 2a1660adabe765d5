import Connectors
import Foundation
import Planning
import Scheduling

/// The whole controller, over a world that only pretends to be one.
final class World {
    static let beginning = Date(timeIntervalSince1970: 1_800_000_000)

    let schedule: Schedule
    let flaws: Set<Flaw>
    var now = World.beginning
    var happenings = Happenings()
    var random: SeededGenerator
    var tenants: [PretendTenant]
    var source: PretendSource
    var store: PretendStore
    var replicas: [Replica]
    var partners: [(isDead: Bool, until: Date)?]
    /// Until when the gate has something to say about each tenant's partners, and lets mail flow.
    var warnings: [Date]
    /// What the operator asks of requests; `nil` where the source has no forge.
    let rules: RequestRules?
    var forge = PretendForge()
    /// What merging a head into a commit came to, by their names.
    var merges: [String: [PretendSource.Folder]?] = [:]
    /// The plan that waits in each tenant.
    var waiting: [WaitingPlan?]
    var editedAt: [Date?]
    var staleAt: [Date?]
    /// The mail of each tenant; empty where none is watched.
    var mails: [PretendMail]
    /// Where no mail is pretended, the definitions whose watch goes on, by tenant.
    var watched: [Int: String] = [:]
    var checker: Checker
    var runs = 0
    var made = 0
    /// What happened, for the comparison of two runs of one seed.
    var log: [String] = []
    let isLogged: Bool

    init(_ schedule: Schedule, flaws: Set<Flaw> = [], isLogged: Bool = false) {
        self.schedule = schedule
        self.flaws = flaws
        self.isLogged = isLogged
        random = SeededGenerator(schedule.seed, stream: 1)
        let count = schedule.tenants
        tenants = Array(repeating: PretendTenant(), count: count)
        source = PretendSource(tenants: count, asksForWord: Schedule.hasOffers(seed: schedule.seed))
        let canaries = schedule.seed % 3 == 0 ? [] : count > 2 ? ["t0", "t1"] : ["t0"]
        store = PretendStore(
            tenants: count,
            policy: RolloutPolicy(canaries: canaries, wait: .seconds(1_800), stopAfter: 1)
        )
        replicas = (0..<schedule.replicas).map { Replica(name: "r\($0)") }
        partners = Array(repeating: nil, count: count)
        warnings = Array(repeating: .distantPast, count: count)
        rules = RequestRules(seed: schedule.seed)
        waiting = Array(repeating: nil, count: count)
        editedAt = Array(repeating: nil, count: count)
        staleAt = Array(repeating: nil, count: count)
        var mail = PretendMail()
        mail.praisesBefore = flaws.contains(.ignoresBefore)
        mails = Array(repeating: mail, count: Schedule.hasMail(seed: schedule.seed) ? count : 0)
        checker = Checker(tenants: count)
    }

    /// Lets it all happen.
    func run() {
        for index in schedule.disturbances.indices {
            happenings.add(.disturbance(index), at: Self.beginning + Double(schedule.disturbances[index].at))
        }
        for replica in replicas.indices { revive(replica) }
        let end = Self.beginning + Double(Schedule.stormy + Schedule.calm)
        let calm = Self.beginning + Double(Schedule.stormy)
        var isHealed = false
        while let (time, happening) = happenings.next(), time <= end, checker.problems.isEmpty {
            if !isHealed && time >= calm {
                isHealed = true
                now = calm
                heal()
            }
            now = max(now, time)
            happen(happening)
        }
        now = max(now, end)
        if checker.problems.isEmpty { checker.rest(self) }
    }

    func note(_ text: @autoclosure () -> String) {
        guard isLogged else { return }
        log.append("\(String(format: "%.3f", now.timeIntervalSince(Self.beginning))) \(text())")
    }

    private func happen(_ happening: Happening) {
        switch happening {
        case .disturbance(let index): disturb(schedule.disturbances[index].kind)
        case .revive(let replica): revive(replica)
        case .lookAtOffers(let replica, let life):
            guard isAlive(replica, life, happening) else { return }
            lookAtOffers(replica)
        case .offerStep(let replica, let life, let key):
            guard isAlive(replica, life, happening) else { return }
            offerStep(replica, key)
        case .watchEnds(let tenant, let tree): endWatch(tenant, tree, .judged)
        case .mail(let replica, let life):
            guard isAlive(replica, life, happening) else { return }
            lookAtMail(replica)
            happenings.add(happening, at: now + 300)
        case .tend(let replica, let life):
            guard isAlive(replica, life, happening) else { return }
            tend(replica)
            happenings.add(happening, at: now + 10)
        case .fetch(let replica, let life):
            guard isAlive(replica, life, happening) else { return }
            fetch(replica)
            happenings.add(happening, at: now + 60)
        case .look(let replica, let life):
            guard isAlive(replica, life, happening) else { return }
            look(replica)
        case .answer(let replica, let life):
            guard isAlive(replica, life, happening) else { return }
            answer(replica)
        case .wake(let replica, let life, let tenant, let alarm):
            guard isAlive(replica, life, happening), replicas[replica].alarms[tenant] == alarm else { return }
            tell(replica, tenant, .tick)
        case .step(let replica, let life, let tenant, let run):
            guard isAlive(replica, life, happening), replicas[replica].runs[tenant]?.id == run else { return }
            step(replica, tenant)
        }
    }

    /// Whether the replica still lives that life; what happens to one that is stopped happens later.
    private func isAlive(_ replica: Int, _ life: Int, _ happening: Happening) -> Bool {
        guard replicas[replica].isUp, replicas[replica].life == life else { return false }
        if let until = replicas[replica].pausedUntil, now < until {
            happenings.add(happening, at: until)
            return false
        }
        return true
    }

    func name(_ tenant: Int) -> String { "t\(tenant)" }

    func laneNow(_ replica: Int) -> Date { now + replicas[replica].clock }

    func lanePolicy(_ tenant: Int) -> LanePolicy {
        let drifts: [TenantPolicy.Drift] = [.report, .correct, .correct, .propose]
        return LanePolicy(changes: tenant == 2 ? .propose : .apply, drift: drifts[(tenant + schedule.seed) % 4])
    }

    // MARK: Replicas

    func revive(_ replica: Int) {
        guard !replicas[replica].isUp else { return }
        var fresh = Replica(name: replicas[replica].name)
        fresh.life = replicas[replica].life + 1
        fresh.clock = replicas[replica].clock
        fresh.isUp = true
        replicas[replica] = fresh
        note("\(fresh.name) starts")
        happenings.add(.tend(replica: replica, life: fresh.life), at: now + Double(replica))
        happenings.add(.fetch(replica: replica, life: fresh.life), at: now + Double(replica) + 0.5)
        if !mails.isEmpty { happenings.add(.mail(replica: replica, life: fresh.life), at: now + Double(replica) + 20) }
    }

    func die(_ replica: Int, after seconds: Int) {
        guard replicas[replica].isUp else { return }
        note("\(replicas[replica].name) dies")
        replicas[replica].isUp = false
        replicas[replica].life += 1
        replicas[replica].lanes = [:]
        replicas[replica].runs = [:]
        replicas[replica].waitingRounds = [:]
        replicas[replica].offers = [:]
        replicas[replica].jobs = [:]
        checker.offers.mishaps += 1
        happenings.add(.revive(replica: replica), at: now + Double(max(1, seconds)))
    }

    /// Renews what is ours, takes over what no replica has, and reads the inbox.
    private func tend(_ replica: Int) {
        guard store.isWritable(at: now) else { return }
        tendDesk(replica)
        for tenant in tenants.indices {
            if let owner = store.rows[tenant].owner, owner.replica != replicas[replica].name, owner.until > now {
                if replicas[replica].lanes[tenant] != nil { note("\(replicas[replica].name) lost \(name(tenant))") }
                dropJobs(replica, tenant)
                replicas[replica].lanes[tenant] = nil
                replicas[replica].runs[tenant] = nil
                replicas[replica].waitingRounds[tenant] = nil
                replicas[replica].unsaved[tenant] = nil
                continue
            }
            let wasOurs = store.rows[tenant].owner?.replica == replicas[replica].name
            store.rows[tenant].owner = (replicas[replica].name, now + PretendStore.leaseTime)
            if replicas[replica].lanes[tenant] == nil || !wasOurs {
                note("\(replicas[replica].name) takes \(name(tenant))")
                dropJobs(replica, tenant)
                replicas[replica].runs[tenant] = nil
                replicas[replica].waitingRounds[tenant] = nil
                replicas[replica].unsaved[tenant] = nil
                replicas[replica].lanes[tenant] = Lane(
                    tenant: name(tenant),
                    policy: lanePolicy(tenant),
                    memory: store.rows[tenant].memory
                )
                tell(replica, tenant, .started)
                tellSource(replica, tenant)
            }
            if let fence = replicas[replica].runs[tenant]?.fence { store.renew(tenant, fence: fence, at: now) }
            let inbox = store.rows[tenant].inbox
            store.rows[tenant].inbox = []
            for input in inbox { tell(replica, tenant, input) }
            save(replica, tenant)
        }
    }

    private func fetch(_ replica: Int) {
        guard store.isWritable(at: now) else { return }
        guard rules == nil || desk(of: replica) != nil else { return }
        settle(replica)
        if rules != nil {
            happenings.add(.look(replica: replica, life: replicas[replica].life), at: now + 5 * random.fraction())
        }
        if hasOffers {
            let happening = Happening.lookAtOffers(replica: replica, life: replicas[replica].life)
            happenings.add(happening, at: now + 8 + 4 * random.fraction())
        }
        let trees = source.tip.folders.enumerated().map { (name($0.offset), $0.element.tree) }
        moveRollout(.moved(revision: source.tip.revision, trees: Dictionary(uniqueKeysWithValues: trees)))
        for tenant in replicas[replica].lanes.keys.sorted() { tellSource(replica, tenant) }
    }

    private func tellSource(_ replica: Int, _ tenant: Int) {
        guard let lane = replicas[replica].lanes[tenant], store.rollout.revision != nil else { return }
        let permission = store.rollout.permission(for: name(tenant), at: now)
        if lane.memory.rollout != permission { tell(replica, tenant, .rollout(permission)) }
        let tip = tipInForce
        if lane.memory.revision != tip.revision, store.rollout.revision == tip.revision {
            tell(replica, tenant, .sourceMoved(revision: tip.revision, tree: tip.folders[tenant].tree, isSpread: false))
        }
    }

    func moveRollout(_ input: RolloutInput) {
        for action in store.rollout.handle(input, at: now) {
            guard case .permit(let tenant, let permission) = action else { continue }
            note("rollout: \(tenant) \(permission)")
        }
    }

    func endWatch(_ tenant: Int, _ tree: String, _ ending: RolloutEnding) {
        guard store.isWritable(at: now) else {
            happenings.add(.watchEnds(tenant: tenant, tree: tree), at: now + 60)
            return
        }
        if watched[tenant] == tree { watched[tenant] = nil }
        moveRollout(.ended(tenant: name(tenant), tree: tree, ending))
    }

    // MARK: Lanes

    /// Tells a lane, and does what it answers.
    func tell(_ replica: Int, _ tenant: Int, _ input: LaneInput) {
        guard var lane = replicas[replica].lanes[tenant] else { return }
        let actions = lane.handle(input, at: laneNow(replica), chance: random.fraction())
        replicas[replica].lanes[tenant] = lane
        for action in actions {
            switch action {
            case .begin(let round): begin(replica, tenant, round)
            case .end(let number):
                if replicas[replica].runs[tenant]?.round.number == number {
                    replicas[replica].runs[tenant]?.isInterrupted = true
                }
            case .answer(let answer) where answer.result == .failed && flaws.contains(.forgetsRequests): break
            case .answer(let answer): replicas[replica].unsaved[tenant, default: .init()].answers.append(answer)
            case .raise(let drafts): replicas[replica].unsaved[tenant, default: .init()].drafts += drafts
            case .wake(let time):
                let alarm = (replicas[replica].alarms[tenant] ?? 0) + 1
                replicas[replica].alarms[tenant] = alarm
                let delay = time.timeIntervalSince(laneNow(replica))
                checker.wakes(tenant, in: delay)
                let happening = Happening.wake(
                    replica: replica,
                    life: replicas[replica].life,
                    tenant: tenant,
                    alarm: alarm
                )
                happenings.add(happening, at: now + max(0.001, delay))
            }
        }
        save(replica, tenant)
    }

    /// Stores a lane's memory together with what it told, if the store takes it and the tenant is still ours.
    func save(_ replica: Int, _ tenant: Int) {
        guard let lane = replicas[replica].lanes[tenant], store.isWritable(at: now) else { return }
        guard store.rows[tenant].owner?.replica == replicas[replica].name else { return }
        store.rows[tenant].memory = lane.memory
        guard let unsaved = replicas[replica].unsaved.removeValue(forKey: tenant) else { return }
        for answer in unsaved.answers {
            note("\(name(tenant)) answers \(answer.request): \(answer.result.rawValue)")
            checker.answer(answer)
        }
        for draft in unsaved.drafts {
            note(
                "\(name(tenant)) \(draft.condition.rawValue)/\(draft.reason) \(draft.transition.rawValue) \(draft.object)"
            )
            checker.tell(draft, tenant)
        }
    }

    func begin(_ replica: Int, _ tenant: Int, _ round: Round) {
        if let run = replicas[replica].runs[tenant], run.takeBack != nil || run.job != nil {
            replicas[replica].waitingRounds[tenant] = round
            return
        }
        runs += 1
        let run = RunInFlight(
            id: "run-\(String(format: "%06d", runs))",
            round: round,
            began: now,
            commit: tipInForce,
            liftsQuarantine: round.causes.contains(.retry)
        )
        checker.begin(replicas[replica].lanes[tenant]?.memory.requests ?? [], round, tenant, at: now)
        replicas[replica].runs[tenant] = run
        note(
            "\(name(tenant)) \(run.id) \(round.kind.rawValue) \(round.causes.map(\.rawValue).joined(separator: "+")) by \(replicas[replica].name)"
        )
        next(replica, tenant, run, after: 0.001)
    }

    func next(_ replica: Int, _ tenant: Int, _ run: RunInFlight, after delay: TimeInterval) {
        replicas[replica].runs[tenant] = run
        let happening = Happening.step(replica: replica, life: replicas[replica].life, tenant: tenant, run: run.id)
        happenings.add(happening, at: now + delay + store.latency(at: now))
    }
}

/// What a test breaks on purpose, to see that the checker finds it.
package enum Flaw: Hashable, Sendable, CaseIterable {
    /// Requests are sent before their journal is stored.
    case sendsBeforeStoring
    /// A request is forgotten when a round fails.
    case forgetsRequests
    /// A throttled write quarantines the commit.
    case quarantinesPassing
    /// What is applied is not compared with what reviewers were shown.
    case appliesUnseen
    /// Approvals that were taken back before the merge go on counting.
    case keepsApprovals
    /// A comment whose answer was lost is written again without looking for it.
    case postsTwice
    /// Of whatever was before, the gate says that it would have delivered: an outage is blamed on a change.
    case ignoresBefore
    /// What people closed a request for is forgotten.
    case forgetsDeclined
    /// A commit that takes over weaker security from the tenant is not held.
    case takesOverWeaker
    /// After a crash nothing is said of a request that we closed.
    case closesWithoutWord
    /// What is to be applied before a merge is not asked about once more.
    case asksOnce
    /// The branch's plans do not know what was applied before a merge.
    case undoesAhead
    /// A watch takes back into weaker security where the operator's file does not say so.
    case takesBackWeaker
    /// A canary whose mail is watched counts as good.
    case releasesWatched
}
