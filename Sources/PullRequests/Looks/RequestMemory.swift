import Connectors
package import FoundationEssentials
package import Forges

/// What is remembered of one request; a value for the store, and bounded.
///
/// Whoever drives it tells what was found and what was done, in this order, and does what it answers:
///
///     let decision = memory.look(facts, policy, at: now)        // what is to be found out
///     for work in decision.work { memory.learn(result, of: work.trees, at: now) }
///     for status in memory.unsent(memory.statuses()) { …; memory.sent(status) }
///     if memory.isNew(text, for: key) { …; memory.wrote(text, for: key, as: id); memory.shown([tenant], at: now) }
///
/// Reviews are told by ``saw(_:in:askedAt:)``, comments by ``ruling(on:in:mayWrite:lookBegan:)``, the merge by ``merged(as:at:)``.
package struct RequestMemory: Hashable, Sendable, Codable {
    enum CodingKeys: String, CodingKey {
        case number, branch, page, head, headSince, base, behind, isFork, isDraft, standing, touched, touchedHead, looks
        case asked, closedAt, mergedAs, mergedAt, showings, words, reviewsAskedAt, untimedApprovers, isSealed
        case sentStatuses, comments, begun, overtaken, ruled, refusal, outcomes
        case applying
    }

    package let number: Int
    /// The branch that it is to be merged into.
    package internal(set) var branch = ""
    package internal(set) var page = ""
    package internal(set) var head = ""
    /// When this head was first seen, by our clock.
    package internal(set) var headSince = Date.distantPast
    package internal(set) var base = ""
    package internal(set) var behind = 0
    package internal(set) var isFork = false
    package internal(set) var isDraft = false
    package internal(set) var standing = RequestStanding.untouched
    /// The tenants whose folder differs between the base and the merge result, and the head that this was found for.
    package internal(set) var touched: [TenantTrees] = []
    package internal(set) var touchedHead = ""
    package internal(set) var looks: [String: TenantLook] = [:]
    /// The head for which a person who may write asked for a plan, and when.
    package internal(set) var asked: Ask?
    package internal(set) var closedAt: Date?
    /// The commit on the base branch; empty where it is merged and the forge does not tell it.
    package internal(set) var mergedAs: String?
    package internal(set) var mergedAt: Date?
    /// What the comments show now, by tenant.
    package internal(set) var showings: [String: Showing] = [:]
    package internal(set) var words: [ReviewWord] = []
    /// When the reviews were last asked for.
    package internal(set) var reviewsAskedAt: Date?
    /// Who was among them with an approval of which the forge tells no time; `nil` where they are too many to remember.
    var untimedApprovers: Set<String>?
    /// Whether the reviews as they were at the merge are all in `words`.
    package internal(set) var isSealed = false
    var sentStatuses: [String: SentStatus] = [:]
    var comments: [String: WrittenComment] = [:]
    /// Comments of which it is not known whether the forge has them as they were last written, and since when.
    var begun: [String: Date]?
    /// The comments that say that another head was merged than they show.
    var overtaken: Set<String>?
    /// The comments that were ruled on, oldest first.
    var ruled: [String] = []
    /// Why the last command was refused; `nil` once another was obeyed, or the head moved.
    package internal(set) var refusal: String?
    package internal(set) var outcomes: [String: TenantOutcome] = [:]
    /// What a person asked to be applied before the merge, and what became of it; the last of them, with what reached other
    /// tenants before.
    package internal(set) var applying: ApplyAsk?

    package struct Ask: Hashable, Sendable, Codable {
        package var head: String
        package var at: Date
    }

    struct SentStatus: Hashable, Sendable, Codable {
        var commit: String
        var state: String
        var text: String
        var link: String?
    }

    struct WrittenComment: Hashable, Sendable, Codable {
        var id: String
        var digest: String
    }

    package init(number: Int) { self.number = number }

    package var isMerged: Bool { mergedAs != nil }
    package var isOpen: Bool { closedAt == nil }

    /// At most so many tenants of a request are remembered.
    package static let tenantLimit = 2_000
    /// At most so many changes of a request are remembered, over all tenants; what is beyond counts as not shown.
    package static let changeLimit = 50_000
    static let ruledLimit = 500
    static let wordLimit = 200
    static let untimedLimit = 1_000
}

extension RequestMemory {
    /// Takes in what was found, and answers with what is to be found out now.
    package mutating func look(_ facts: RequestFacts, _ policy: RequestPolicy, at now: Date) -> RequestDecision {
        take(facts, at: now)
        let decisions = standing == .open ? touched.map { decide($0, facts, policy, at: now) } : []
        return RequestDecision(
            standing: standing,
            tenants: decisions,
            again: again(facts, policy, decisions, at: now)
        )
    }

    /// Takes in what looking at a tenant came to.
    ///
    /// - Parameter state: The tenant's digest as in ``RequestFacts/states`` when the plan was made.
    package mutating func learn(_ result: TenantResult, of trees: TenantTrees, state: String? = nil, at now: Date) {
        let former = looks[trees.tenant]
        var look = TenantLook(trees: trees, validation: .valid, plan: nil, trouble: nil, failures: 0, at: now)
        switch result {
        case .invalid(let errors, let first):
            look.validation = .invalid(errors: errors, first: first.bounded(500))
        case .valid: look.plan = former?.trees == trees ? former?.plan : nil
        case .planned(let plan, let judgements):
            let others = looks.values.filter { $0.trees.tenant != trees.tenant }
            let room = Self.changeLimit - others.reduce(0) { $0 + ($1.plan?.changes.count ?? 0) }
            look.plan = PlanLook(plan, judgements: judgements, state: state, at: now, room: max(0, room))
        case .unplanned(let reason):
            look.trouble = reason.bounded(500)
            look.failures = (former?.failures ?? 0) + 1
        }
        guard looks[trees.tenant] != nil || looks.count < Self.tenantLimit else { return }
        looks[trees.tenant] = look
    }

    private mutating func take(_ facts: RequestFacts, at now: Date) {
        let request = facts.request
        branch = request.base.branch
        page = request.page
        base = facts.base.hex
        isFork = request.head.origin != .same
        isDraft = request.isDraft
        let isOther = request.head.commit.hex != head
        if isOther {
            head = request.head.commit.hex
            headSince = now
            refusal = nil
        }
        switch request.state {
        case .open:
            closedAt = nil
            // Git alone took it for merged; the forge knows better.
            if isOther { (mergedAs, mergedAt, isSealed) = (nil, nil, false) }
        case .closed: closedAt = closedAt ?? now
        case .merged(let commit, let at): merged(as: commit, at: at ?? now)
        }
        guard isOpen else {
            standing = .closed
            return
        }
        let wasHidden = isHidden
        defer {
            // What is shown again was not there for whoever approved meanwhile, when only the head's move was not seen yet.
            if wasHidden, !isHidden { for tenant in showings.keys { showings[tenant]?.since = now } }
        }
        switch facts.merge {
        case .conflict(let files): standing = .conflict(files: files.prefix(20).map { $0.bounded(500) })
        case .failed(let reason, let isOurs, _): standing = .failed(reason: reason.bounded(500), isOurs: isOurs)
        case .merged(let trees):
            behind = trees.behind
            touchedHead = head
            touched = trees.tenants.filter(\.differ).sorted { $0.tenant < $1.tenant }
            standing = touched.isEmpty ? .untouched : .open
            if touched.count > Self.tenantLimit {
                touched = []
                let reason = "It changes more than \(Self.tenantLimit) tenants at once; split it."
                standing = .failed(reason: reason, isOurs: false)
            }
            let names = Set(touched.map(\.tenant))
            looks = looks.filter { names.contains($0.key) }
            // Where only the base moved, it may have taken this very head over, and the forge does not say so yet: what was
            // shown of the head stays shown.
            showings = showings.filter { names.contains($0.key) || $0.value.head == head }
        }
    }

    /// Whether the comments say why nothing is shown, in place of what was.
    var isHidden: Bool {
        switch standing {
        case .conflict, .failed(_, isOurs: false): true
        case .open, .untouched, .closed, .failed: false
        }
    }

    /// The request was merged; told more than once it is taken in once.
    ///
    /// - Parameter commit: On the base branch; `nil` where the forge does not tell it.
    package mutating func merged(as commit: CommitID?, at time: Date) {
        closedAt = closedAt ?? time
        standing = .closed
        guard mergedAs == nil || mergedAs == "" else { return }
        mergedAs = commit?.hex ?? ""
        mergedAt = mergedAt ?? time
    }
}
