/// Something that people, or the forge itself, do to requests.
package enum ForgeDisturbance: Hashable, Sendable {
    case open(request: Int, tenants: [Int], RequestEdit, isDraft: Bool, isFork: Bool)
    /// A head with one more edit, or with this one alone.
    case push(request: Int, RequestEdit, replaces: Bool)
    /// The same edits on the branch as it is now.
    case rebase(request: Int)
    case ready(request: Int)
    case review(request: Int, person: Int, ReviewAct)
    /// A comment that asks for a plan, or approves what the comments show.
    case command(request: Int, person: Int, isApproval: Bool)
    case merge(request: Int, MergeManner)
    case close(request: Int)
    /// Someone deletes a comment of ours.
    case deleteComment(request: Int)
    case trouble(ForgeFault, seconds: Int)
    /// The gate has something to say about a tenant's partners, and lets mail flow.
    case warning(tenant: Int, seconds: Int)

    package enum RequestEdit: Hashable, Sendable {
        /// One of two connectors that requests alone write.
        case note(Int)
        /// A connector that direct pushes write as well.
        case touch
        case weaken
        case drop(Int)
    }

    package enum ReviewAct: String, Hashable, Sendable, CaseIterable { case approve, takeBack, refuse, remark }
    package enum MergeManner: String, Hashable, Sendable, CaseIterable { case merge, squash, rebase }

    package enum ForgeFault: String, Hashable, Sendable, CaseIterable {
        case down
        /// What is written is there, and the answer does not come.
        case losesAnswers
        /// Readings show what was there a while ago.
        case lies
    }
}

/// What the operator asks of requests, where the source has a forge.
struct RequestRules: Hashable, Sendable {
    var isReviewRequired: Bool
    var approvals: Int

    /// Two sources of five have a forge.
    init?(seed: Int) {
        guard [1, 3].contains(seed % 5) else { return nil }
        isReviewRequired = seed % 4 != 0
        approvals = seed % 2
    }
}

extension Schedule {
    /// What happens to a few requests, each a story of its own, and to the forge.
    static func requests(seed: Int, tenants: Int) -> [Disturbance] {
        guard RequestRules(seed: seed) != nil else { return [] }
        var random = SeededGenerator(seed, stream: 2)
        var all: [Disturbance] = []
        // What the branch has at the beginning came with no request: a person lets it through, behind the canaries too.
        for at in [200, 2_600, 4_800] {
            for tenant in 0..<tenants { all.append(Disturbance(at: at + tenant, kind: .approve(tenant: tenant))) }
        }
        for request in 1...(2 + random.below(4)) {
            var at = 300 + random.below(stormy - 2_000)
            let some = (0..<tenants).filter { _ in random.below(2) == 0 }
            let open = ForgeDisturbance.open(
                request: request,
                tenants: some.isEmpty ? [random.below(tenants)] : some,
                edit(&random),
                isDraft: random.below(5) == 0,
                isFork: random.below(5) == 0
            )
            all.append(Disturbance(at: at, kind: .forge(open)))
            for _ in 0..<(2 + random.below(7)) {
                at += [1, 15, 70, 70, 200, 600][random.below(6)]
                all.append(Disturbance(at: at, kind: .forge(act(on: request, tenants: tenants, &random))))
            }
            if random.below(3) > 0 {
                at += [1, 10, 70, 300][random.below(4)]
                let manner = ForgeDisturbance.MergeManner.allCases[random.below(3)]
                all.append(Disturbance(at: at, kind: .forge(.merge(request: request, manner))))
            }
        }
        for _ in 0..<random.below(5) {
            let fault = ForgeDisturbance.ForgeFault.allCases[random.below(3)]
            let kind = ForgeDisturbance.trouble(fault, seconds: [20, 100, 400, 1_500][random.below(4)])
            all.append(Disturbance(at: random.below(stormy), kind: .forge(kind)))
        }
        return all
    }

    private static func edit(_ random: inout SeededGenerator) -> ForgeDisturbance.RequestEdit {
        switch random.below(6) {
        case 0, 1, 2: .note(random.below(2))
        case 3: .touch
        case 4: .weaken
        default: .drop(random.below(2))
        }
    }

    private static func act(
        on request: Int,
        tenants: Int,
        _ random: inout SeededGenerator
    ) -> ForgeDisturbance {
        let person = random.below(Reviewer.allCases.count)
        switch random.below(14) {
        case 0, 1: return .push(request: request, edit(&random), replaces: random.below(2) == 0)
        case 2: return .rebase(request: request)
        case 3: return .ready(request: request)
        case 4, 5, 6:
            // Of those whose word counts, most often.
            let reviewer = random.below(3) > 0 ? Reviewer.alice.rawValue : person
            return .review(request: request, person: reviewer, .approve)
        case 7:
            return .review(request: request, person: person, .allCases[random.below(4)])
        case 8: return .review(request: request, person: person, .takeBack)
        case 9: return .command(request: request, person: person, isApproval: random.below(3) > 0)
        case 10: return .merge(request: request, .allCases[random.below(3)])
        case 11: return random.below(3) == 0 ? .close(request: request) : .rebase(request: request)
        case 12: return .deleteComment(request: request)
        default:
            return .warning(tenant: random.below(tenants), seconds: [100, 1_000, 4_000][random.below(3)])
        }
    }
}
