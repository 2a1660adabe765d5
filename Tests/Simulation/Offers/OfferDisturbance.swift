/// What people do about the changes that are offered to them, and about what these are for.
package enum OfferDisturbance: Hashable, Sendable {
    case act(tenant: Int, Kind, Act)
    /// Someone lowers the TLS level of a connector in the tenant.
    case weaken(tenant: Int)
    /// Someone edits the tenant back to what was written.
    case putBack(tenant: Int)
    /// A commit makes git say what the tenant says.
    case followTenant(tenant: Int)

    package enum Kind: String, Hashable, Sendable { case drift, revert }

    package enum Act: String, Hashable, Sendable, CaseIterable {
        case merge, mergeAndDelete, close, reopen
        /// Commits of a person on the offered branch.
        case push, annotate
        case deleteBranch
    }
}

extension Schedule {
    /// Whether changes are offered to the source, where it has a forge.
    static func hasOffers(seed: Int) -> Bool { seed % 5 == 1 || seed % 15 == 3 }

    /// Stories of drift and of commits that are rolled back, and what becomes of the requests for them.
    static func offers(seed: Int, tenants: Int) -> [Disturbance] {
        guard hasOffers(seed: seed) else { return [] }
        var random = SeededGenerator(seed, stream: 4)
        var all: [Disturbance] = []
        for _ in 0..<(3 + random.below(3)) {
            let tenant = random.below(tenants)
            if random.below(3) > 0 {
                all += drift(tenant, at: 3_000 + random.below(stormy - 5_500), &random)
            } else {
                all += revert(tenant, at: 5_200 + random.below(stormy - 9_000), &random)
            }
        }
        for _ in 0..<random.below(3) {
            let fault = ForgeDisturbance.ForgeFault.allCases[random.below(3)]
            let kind = ForgeDisturbance.trouble(fault, seconds: [20, 100, 400][random.below(3)])
            all.append(Disturbance(at: 3_000 + random.below(stormy - 3_000), kind: .forge(kind)))
        }
        if random.below(2) == 0 {
            let moment = Disturbance.Moment.allCases[1 + random.below(2)]
            let kind = Disturbance.Kind.kill(replica: 0, moment, seconds: 40)
            all.append(Disturbance(at: 3_000 + random.below(stormy - 4_000), kind: kind))
        }
        return all
    }

    private static func drift(_ tenant: Int, at start: Int, _ random: inout SeededGenerator) -> [Disturbance] {
        let edits: [Disturbance.Kind] = [
            .edit(tenant: tenant, .comment), .edit(tenant: tenant, .delete), .offer(.weaken(tenant: tenant)),
        ]
        var all = [Disturbance(at: start, kind: edits[[0, 0, 1, 2, 2][random.below(5)]])]
        var at = start + [500, 900, 1_300][random.below(3)]
        for _ in 0..<(1 + random.below(4)) {
            switch random.below(10) {
            case 0: all.append(Disturbance(at: at, kind: .offer(.putBack(tenant: tenant))))
            case 1: all.append(Disturbance(at: at, kind: .offer(.followTenant(tenant: tenant))))
            case 2: all.append(Disturbance(at: at, kind: .edit(tenant: tenant, .comment)))
            case 3: all.append(Disturbance(at: at, kind: .commit(tenants: [tenant], .good)))
            default: all.append(Disturbance(at: at, kind: act(tenant, .drift, &random)))
            }
            at += [1, 3, 20, 70, 200, 700][random.below(6)]
        }
        return all
    }

    private static func revert(_ tenant: Int, at start: Int, _ random: inout SeededGenerator) -> [Disturbance] {
        let goodness = random.below(2) == 0 ? Disturbance.Goodness.refused : .ignored
        var all = [Disturbance(at: start, kind: .commit(tenants: [tenant], goodness))]
        for delay in [130, 400, 2_300] { all.append(Disturbance(at: start + delay, kind: .approve(tenant: tenant))) }
        var at = start + [600, 900, 2_600][random.below(3)]
        for _ in 0..<(1 + random.below(3)) {
            switch random.below(8) {
            case 0: all.append(Disturbance(at: at, kind: .commit(tenants: [tenant], .good)))
            case 1: all.append(Disturbance(at: at, kind: .retrySource))
            default: all.append(Disturbance(at: at, kind: act(tenant, .revert, &random)))
            }
            at += [1, 20, 70, 300, 900][random.below(5)]
        }
        return all
    }

    private static func act(
        _ tenant: Int,
        _ kind: OfferDisturbance.Kind,
        _ random: inout SeededGenerator
    ) -> Disturbance.Kind {
        let acts: [OfferDisturbance.Act] = [
            .merge, .merge, .merge, .mergeAndDelete, .close, .close, .reopen, .push, .annotate, .annotate,
            .deleteBranch,
        ]
        return .offer(.act(tenant: tenant, kind, acts[random.below(acts.count)]))
    }
}
