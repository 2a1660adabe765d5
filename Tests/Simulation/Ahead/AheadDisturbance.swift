/// What people do about changes that are applied before their merge.
package enum AheadDisturbance: Hashable, Sendable {
    /// `mitregate apply` in a comment.
    case apply(request: Int, person: Int)
    /// An operator rolls back what was applied last before its merge.
    case takeBack(tenant: Int)
}

extension Schedule {
    /// Whether a person may have changes applied before the merge, where the source has a forge.
    static func hasAhead(seed: Int) -> Bool { seed % 5 == 3 || seed % 15 == 1 }

    /// Stories of requests that are applied before their merge, and of who moves what meanwhile.
    static func ahead(seed: Int, tenants: Int) -> [Disturbance] {
        guard hasAhead(seed: seed) else { return [] }
        var random = SeededGenerator(seed, stream: 5)
        var all: [Disturbance] = []
        for request in 11...(12 + random.below(2)) {
            all += story(of: request, tenants, at: 5_300 + random.below(stormy - 9_000), &random)
        }
        return all
    }

    private static func story(
        of request: Int,
        _ tenants: Int,
        at start: Int,
        _ random: inout SeededGenerator
    ) -> [Disturbance] {
        let some = [[0], [0], [0, 1], [random.below(tenants)]][random.below(4)]
        let edits: [ForgeDisturbance.RequestEdit] = [.note(0), .note(1), .touch, .touch, .weaken]
        let edit = edits[random.below(edits.count)]
        var all: [Disturbance] = []
        var at = start
        func add(_ kind: Disturbance.Kind, after delay: Int) {
            at += delay
            all.append(Disturbance(at: at, kind: kind))
        }
        add(.forge(.open(request: request, tenants: some, edit, isDraft: false, isFork: false)), after: 0)
        // Now and then nobody approves it, or the author does.
        let approver = random.below(6) > 0 ? Reviewer.alice : .author
        add(.forge(.review(request: request, person: approver.rawValue, .approve)), after: 80 + random.below(80))
        for _ in 0..<(1 + random.below(2)) {
            let person = random.below(4) > 0 ? Reviewer.bob.rawValue : random.below(Reviewer.allCases.count)
            add(.ahead(.apply(request: request, person: person)), after: [1, 30, 70][random.below(3)])
            if random.below(2) == 0 {
                add(race(request, some[0], edit, &random), after: [1, 40, 62, 70, 80][random.below(5)])
            }
        }
        let ends: [Disturbance.Kind] = [
            .forge(.merge(request: request, .allCases[random.below(3)])),
            .forge(.merge(request: request, .allCases[random.below(3)])),
            .forge(.close(request: request)), .ahead(.takeBack(tenant: some[0])), .commit(tenants: [some[0]], .good),
            .edit(tenant: some[0], .comment),
        ]
        for _ in 0..<(1 + random.below(2)) {
            add(ends[random.below(ends.count)], after: [20, 150, 700, 2_000][random.below(4)])
        }
        return all
    }

    /// What happens between the comment and the last write.
    private static func race(
        _ request: Int,
        _ tenant: Int,
        _ edit: ForgeDisturbance.RequestEdit,
        _ random: inout SeededGenerator
    ) -> Disturbance.Kind {
        switch random.below(12) {
        case 0: .forge(.push(request: request, edit, replaces: true))
        case 1: .forge(.rebase(request: request))
        case 2: .forge(.review(request: request, person: Reviewer.alice.rawValue, .takeBack))
        case 3: .forge(.review(request: request, person: Reviewer.bob.rawValue, .refuse))
        case 4: .forge(.merge(request: request, .allCases[random.below(3)]))
        case 5: .forge(.close(request: request))
        case 6: .commit(tenants: [tenant], .good)
        case 7: .forge(.trouble(.allCases[random.below(3)], seconds: [20, 100, 400][random.below(3)]))
        case 8: .kill(replica: 0, .allCases[random.below(3)], seconds: [5, 100][random.below(2)])
        case 9: .killInRun(replica: 0, step: 1 + random.below(12), seconds: [5, 100][random.below(2)])
        case 10: .write(tenant: tenant, .allCases[random.below(4)])
        default: .pause(replica: 0, seconds: [40, 200][random.below(2)])
        }
    }
}
