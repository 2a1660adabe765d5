import Connectors
import Foundation
import MailWatch
import Planning
import Scheduling

/// Looks on, and says what should not have happened.
struct Checker {
    private(set) var problems: [String] = []
    /// Requests that were made and not answered.
    private var open: [String: Date] = [:]
    private var answered: Set<String> = []
    /// When the round that answers a request began.
    private var roundBegan: [String: Date] = [:]
    private var underWay: [Int: [String]]
    private var raised: [Int: Set<Finding.Identity>]
    /// What another administrator wrote last: tenant, object, field.
    private var hands: [String: FieldValue] = [:]
    private var requestsAtCalm: [Int] = []
    private var quickWakes: [Int: Int] = [:]
    /// The plans that a person let through: tenant and digest.
    var released: Set<String> = []
    /// Definitions that a tenant once got: tenant and tree.
    var given: Set<String> = []
    var offers = OfferAccounts()

    init(tenants: Int) {
        underWay = [:]
        raised = [:]
        for tenant in 0..<tenants { raised[tenant] = [] }
    }

    mutating func report(_ problem: String) { problems.append(problem) }

    // MARK: Requests

    mutating func made(_ id: String, at now: Date) { open[id] = now }

    mutating func begin(_ requests: [LaneRequest], _ round: Round, _ tenant: Int, at now: Date) {
        for request in requests where round.kind == .full { roundBegan[request.id] = now }
    }

    mutating func end(_ run: RunInFlight, _ tenant: Int) {}

    mutating func answer(_ answer: RequestAnswer) {
        guard let made = open.removeValue(forKey: answer.request) else {
            report(
                "request \(answer.request) is answered \(answered.contains(answer.request) ? "twice" : "and was not made")"
            )
            return
        }
        answered.insert(answer.request)
        guard let began = roundBegan[answer.request], began >= made else {
            report("request \(answer.request) is answered by a round that began before it was made")
            return
        }
    }

    // MARK: Writes

    /// Rules 2, 3, 4, 7, 11 and 14, looked at when a request leaves.
    mutating func send(_ write: Write, _ tenant: Int, _ world: World, _ run: RunInFlight) {
        let row = world.store.rows[tenant]
        let what = "\(run.id) \(write.action) \(write.kind)/\(write.name) in t\(tenant)"
        if row.fence != run.fence { report("\(what): another run has the tenant") }
        let journal = run.journal.flatMap { row.journals[$0.run] }
        let step = journal?.steps.first { step in
            step.state == .sending && step.write == write || step.state == .undoing && step.undo == write
        }
        guard let journal, let step else { return report("\(what) is sent without being in a stored journal") }
        show(write, what, step, run)
        let isFollowUp = journal.steps.contains {
            $0.write.action == .create && $0.write.kind == write.kind && $0.write.name == write.name
        }
        if write.action != .create && !isFollowUp && step.before == nil { report("\(what) has no before-image") }
        guard step.state == .undoing else {
            disown(write, tenant, step, world)
            undo(write, tenant, world, run)
            return disturb(write, tenant, world, run)
        }
        justify(journal, tenant, world, run)
        keepSecurity(write, what, step, journal, world.tenants[tenant])
        // Rule 4: what someone else wrote since is left alone.
        guard let guid = write.guid, !world.tenants[tenant].isStale(at: world.now), write.action == .update else {
            return
        }
        let object = world.tenants[tenant].objects[guid]
        for field in write.settings.keys {
            guard let value = hands["\(tenant) \(guid) \(field)"], object?.settings[field] == value else { continue }
            if step.before?.settings[field] != value && write.settings[field] != value {
                report("\(what) undoes what someone else wrote to \(field)")
            }
        }
    }

    /// What someone else wrote is theirs for as long as it is there, or is what a run would put back.
    ///
    /// Where it is neither when a field is written again, a run wrote over it before, and the same value is from then on the
    /// run's own.
    private mutating func disown(_ write: Write, _ tenant: Int, _ step: Journal.Step, _ world: World) {
        guard let guid = write.guid, let object = world.tenants[tenant].objects[guid] else { return }
        for field in write.settings.keys {
            let key = "\(tenant) \(guid) \(field)"
            guard let value = hands[key], object.settings[field] != value, step.before?.settings[field] != value else {
                continue
            }
            hands[key] = nil
        }
    }

    /// Rules 2 and 7: nothing is sent that the plan did not show, and what is not ours is left alone.
    private mutating func show(_ write: Write, _ what: String, _ step: Journal.Step, _ run: RunInFlight) {
        if write.guid?.hasPrefix("foreign-") == true { report("\(what) touches what is not ours") }
        // What an earlier run planned is checked when that run sends it.
        guard step.state == .sending, !run.isRecovery, let plan = run.plan else { return }
        let change = plan.changes.first { $0.key.kind == write.kind && $0.key.name == write.name }
        guard let change else { return report("\(what) is in no plan") }
        if write.action == .delete && change.action != .delete || write.action == .create && change.action != .create {
            report("\(what), and its plan says \(change.action)")
        }
    }

    /// Rule 11: nothing goes back into weaker security by itself, but for what the run itself had made.
    private mutating func keepSecurity(
        _ write: Write,
        _ what: String,
        _ step: Journal.Step,
        _ journal: Journal,
        _ tenant: PretendTenant
    ) {
        guard journal.safeguard != nil, step.write.action == .update, let guid = write.guid,
            let target = write.settings["tlsSettings"], let object = tenant.objects[guid]
        else { return }
        let ranks: [FieldValue] = ["EncryptionOnly", "CertificateValidation", "DomainValidation"]
        let now = object.settings["tlsSettings"].flatMap { ranks.firstIndex(of: $0) } ?? -1
        let then = ranks.firstIndex(of: target) ?? -1
        if then < now { report("\(what) goes back into weaker security by itself") }
    }

    /// Rule 12: only Exchange's refusal, a field that did not stick, or another hand turns a run back; nor F, B, W and S ever did.
    private mutating func justify(_ journal: Journal, _ tenant: Int, _ world: World, _ run: RunInFlight) {
        guard !journal.isInterrupted, !world.tenants[tenant].failedRuns.contains(journal.run) else { return }
        // What others changed before its step quarantines nothing.
        if journal.cause == .stale {
            if journal.quarantines { report("\(journal.run) in t\(tenant) blames its commit for another's change") }
            return
        }
        // What readings lag behind, or someone else did meanwhile, may look like a write that did not stick.
        if world.editedAt[tenant] != nil || world.staleAt[tenant] != nil { return }
        report("\(journal.run) in t\(tenant) is taken back, and nothing refused it: \(journal.reason ?? "")")
    }

    mutating func quarantine(_ tenant: Int, _ journal: Journal, _ world: World, _ run: RunInFlight) {
        justify(journal, tenant, world, run)
    }

    mutating func edit(_ tenant: Int, _ hand: (guid: String, fields: [String: FieldValue])?) {
        guard let hand else { return }
        for (field, value) in hand.fields.sorted(by: { $0.key < $1.key }) {
            hands["\(tenant) \(hand.guid) \(field)"] = value
        }
    }

    /// The commit may be written now: no canary is passed by, no stop is overrun, and the tenant is not suspended.
    mutating func apply(_ tenant: Int, _ world: World, _ run: RunInFlight) {
        review(tenant, world, run)
        let what = "\(run.id) applies a commit in t\(tenant)"
        if !run.round.mayApply { report("\(what), and its round may not") }
        if let suspension = world.store.rows[tenant].memory?.suspension, suspension.since < run.began,
            suspension.until > world.now + 86_400
        {
            report("\(what), which is suspended")
        }
        let rollout = world.store.rollout
        let canaries = rollout.policy.canaries
        guard !canaries.contains("t\(tenant)") else { return }
        if rollout.isStopped && !rollout.failures.contains(where: { $0.tenant == "t\(tenant)" }) {
            if rollout.permission(for: "t\(tenant)", at: world.now) != .go {
                report("\(what), which is held: it failed in \(rollout.failures.map(\.tenant).joined(separator: ", "))")
            }
        }
        let isNew = given.insert("\(tenant) \(run.commit.folders[tenant].tree)").inserted
        for canary in canaries {
            guard let number = Int(canary.dropFirst()) else { continue }
            let isThere = world.store.rows[number].revision != nil
            if !isThere { report("\(what) before its canary \(canary) has any") }
            if isNew, let watch = watch(over: run.commit, in: number, world) {
                report("\(what) while \(watch.id) over it goes on in its canary \(canary)")
            }
        }
        if rollout.permission(for: "t\(tenant)", at: world.now) != .go { report("\(what) ahead of its rollout") }
    }

    /// A correction deletes nothing, weakens nothing, and touches only what its round names.
    mutating func correct(_ tenant: Int, _ plan: Planning.Plan, _ run: RunInFlight) {
        let allowed = Dictionary(run.round.corrections.map { ($0.connector, $0) }) { first, _ in first }
        for change in plan.changes {
            let what = "\(run.id) corrects \(change.key) in t\(tenant)"
            guard let correction = allowed[change.key] else {
                report("\(what), which its round does not name")
                continue
            }
            if change.action == .delete { report("\(what) by deleting") }
            if change.action == .create && !correction.recreates { report("\(what) by creating") }
            if change.action == .update {
                for field in change.fields where !correction.fields.contains(field.path) {
                    report("\(what) in \(field.path), which its round does not name")
                }
                if change.risk == .high { report("\(what) into weaker security") }
            }
        }
    }

    // MARK: Events and time

    mutating func tell(_ draft: EventDraft, _ tenant: Int) {
        // What was applied or corrected is told once and does not last.
        if draft.condition == .ready && ["Applied", "Corrected"].contains(draft.reason) { return }
        let identity = Finding.Identity(object: draft.object, type: draft.condition, reason: draft.reason)
        let what = "\(identity.object) \(identity.type.rawValue)/\(identity.reason)"
        let isOpen = raised[tenant]?.contains(identity) == true
        switch draft.transition {
        case .raised: raised[tenant]?.insert(identity)
        case .cleared:
            if !isOpen { report("\(what) is cleared and was not raised") }
            raised[tenant]?.remove(identity)
        case .reminder: if !isOpen { report("\(what) is reminded of and was not raised") }
        }
    }

    /// A lane that wants to be woken again and again at once is one that spins.
    mutating func wakes(_ tenant: Int, in delay: TimeInterval) {
        quickWakes[tenant] = delay < 0.02 ? (quickWakes[tenant] ?? 0) + 1 : 0
        if quickWakes[tenant] == 200 { report("the lane of t\(tenant) spins") }
    }

    mutating func calm(_ requests: [Int]) { requestsAtCalm = requests }

    /// What must be so once the world has come to rest.
    mutating func rest(_ world: World) {
        for id in open.keys.sorted() { report("request \(id) was never answered") }
        restRequests(world)
        restWatches(world)
        restOffers(world)
        restAhead(world)
        for tenant in world.tenants.indices {
            let row = world.store.rows[tenant]
            guard let memory = row.memory, let owner = row.owner,
                let replica = world.replicas.firstIndex(where: { $0.name == owner.replica }),
                let lane = world.replicas[replica].lanes[tenant]
            else {
                report("t\(tenant) belongs to no replica")
                continue
            }
            if row.unfinished != nil { report("t\(tenant) has an unfinished journal") }
            let told = Set(
                memory.ledger.conditions.map { Finding.Identity(object: $0.object, type: $0.type, reason: $0.reason) }
            )
            for identity in raised[tenant, default: []].subtracting(told).sorted() {
                report("\(identity) was raised, is over, and was never cleared")
            }
            names(tenant, world)
            readiness(tenant, lane, world)
            let hours = Double(Schedule.calm) / 3_600
            let spent = world.tenants[tenant].requests - (requestsAtCalm.first == nil ? 0 : requestsAtCalm[tenant])
            // 28 an hour when nothing happens; what the storm left to do comes on top.
            if Double(spent) > hours * 28 + 400 { report("t\(tenant) was asked \(spent) times in \(hours) h of calm") }
        }
    }

    private mutating func names(_ tenant: Int, _ world: World) {
        var seen: Set<String> = []
        for object in world.tenants[tenant].truth(at: world.now).connectors {
            let name = "\(object.kind) \(object.displayName)"
            if !seen.insert(name).inserted { report("t\(tenant) has \(name) twice") }
        }
    }

    /// Reasons that say what a person, git or another tenant is waited for.
    private static let lasting: Set<String> = [
        "FieldsChanged", "Missing", "Recreated", "Refused", "DidNotStick", "Quarantined", "ApprovalRequired",
        "Suspended",
        "rollout-stopped", "WaitsForCanaries", "ForeignOwner", "UndoneByOthers", "Pending", "ExchangeWouldRefuse",
        "ThresholdExceeded", "AppliedBeforeMerge", "NotMerged",
    ]

    private mutating func readiness(_ tenant: Int, _ lane: Lane, _ world: World) {
        guard let ready = lane.conditions.first(where: { $0.type == .ready }) else {
            return report("t\(tenant) does not say whether it is ready")
        }
        if ready.status == .true {
            let plan = Planner.plan(
                PlanInput(
                    tenant: "t\(tenant)",
                    revision: world.source.tip.revision,
                    tree: world.source.tip.folders[tenant].tree,
                    desired: world.desired(
                        tenant,
                        world.source.tip.folders[tenant],
                        tip: world.source.tip.revision
                    ),
                    observed: world.tenants[tenant].truth(at: world.now),
                    applied: world.store.rows[tenant].appliedTenant,
                    policy: TenantPolicy(drift: .correct, prune: .delete),
                    now: world.now
                )
            )
            if !plan.changes.isEmpty {
                let changes = plan.changes.map { "\($0.action) \($0.key) \($0.fields.map(\.path))" }
                report("t\(tenant) says that it is ready, and is not: \(changes)")
            }
        } else if !Self.lasting.contains(ready.reason) {
            report("t\(tenant) does not say what it waits for, but \(ready.reason): \(ready.message)")
        } else if ready.message.isEmpty {
            report("t\(tenant) waits without a word: \(ready.reason)")
        } else if ready.reason == "Pending", lane.memory.rollout == .go, lane.memory.suspension == nil,
            lane.memory.waiting == nil
        {
            report("t\(tenant) has something to write, may write it, and does not")
        }
    }
}
