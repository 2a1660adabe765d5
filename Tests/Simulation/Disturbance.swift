/// Something that happens to the pretended world.
package struct Disturbance: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// A commit that changes these tenants' folders; a bad one holds what Exchange refuses, or silently ignores, there.
        case commit(tenants: [Int], Goodness)
        /// Another administrator changes a connector, deletes one, or makes one.
        case edit(tenant: Int, Edit)
        /// What becomes of the next write to a tenant.
        case write(tenant: Int, WriteFault)
        /// The tenant does not answer, or not with what was asked.
        case outage(tenant: Int, ReadFault, seconds: Int)
        /// Readings show what was there before our next write for so long.
        case stale(tenant: Int, seconds: Int)
        case store(StoreFault, seconds: Int)
        /// The process dies, and is started again after a while.
        case kill(replica: Int, Moment, seconds: Int)
        /// The process dies before the so-many-th step of a run from now on, each of them between two waits.
        case killInRun(replica: Int, step: Int, seconds: Int)
        /// The process does nothing for a while, as if it were stopped.
        case pause(replica: Int, seconds: Int)
        case clock(replica: Int, seconds: Int)
        /// The partner of a tenant cannot be judged for a while, or has lost STARTTLS.
        case partner(tenant: Int, isDead: Bool, seconds: Int)
        case suspend(tenant: Int, seconds: Int)
        case resume(tenant: Int)
        case request(tenant: Int)
        case approve(tenant: Int)
        case retrySource
        /// The watch over mail of a tenant ends so, where mail is not pretended.
        case watch(tenant: Int, regresses: Bool)
        case forge(ForgeDisturbance)
        case mail(MailDisturbance)
        case offer(OfferDisturbance)
        case ahead(AheadDisturbance)
    }

    package enum Goodness: String, Hashable, Sendable, CaseIterable { case good, refused, ignored }
    package enum Edit: String, Hashable, Sendable, CaseIterable { case comment, tightenTLS, delete, insert, back }
    package enum WriteFault: String, Hashable, Sendable, CaseIterable { case postponed, lostBefore, lostAfter, late }
    package enum ReadFault: String, Hashable, Sendable, CaseIterable { case throttled, serviceError, timeout, noToken }
    package enum StoreFault: String, Hashable, Sendable, CaseIterable { case down, full, slow }
    package enum Moment: String, Hashable, Sendable, CaseIterable {
        case atOnce
        /// After the next journal is stored, before the request is sent.
        case beforeSending
        /// After the next request was carried out, before its answer is known.
        case afterSending
    }

    /// Seconds after the beginning.
    package var at: Int
    package var kind: Kind

    package var description: String { "\(at) s: \(kind)" }
}

/// All that happens in one run of the simulation; all else follows from it.
package struct Schedule: Hashable, Sendable, CustomStringConvertible {
    package var seed: Int
    package var replicas: Int
    package var tenants: Int
    package var disturbances: [Disturbance]

    /// How long disturbances come for, in seconds.
    package static let stormy = 4 * 3_600
    /// How long the world then has to come to rest; a canary's wait and a full round fit in.
    package static let calm = 5 * 3_600

    package var description: String {
        let lines = disturbances.map { "  \($0)" }.joined(separator: "\n")
        return "seed \(seed), \(replicas) replicas, \(tenants) tenants\n\(lines)"
    }

    package init(seed: Int) {
        var random = SeededGenerator(seed)
        self.seed = seed
        replicas = 1 + random.below(3)
        tenants = 2 + random.below(3)
        disturbances = []
        for _ in 0..<(4 + random.below(26)) {
            let kind = Self.kind(&random, tenants: tenants, replicas: replicas)
            disturbances.append(Disturbance(at: random.below(Self.stormy), kind: kind))
        }
        disturbances += Self.requests(seed: seed, tenants: tenants) + Self.mail(seed: seed, tenants: tenants)
        disturbances += Self.offers(seed: seed, tenants: tenants) + Self.ahead(seed: seed, tenants: tenants)
        disturbances.sort { $0.at < $1.at }
    }

    private static func kind(_ random: inout SeededGenerator, tenants: Int, replicas: Int) -> Disturbance.Kind {
        let tenant = random.below(tenants)
        let replica = random.below(replicas)
        let seconds = [5, 40, 200, 1_000, 3_000][random.below(5)]
        switch random.below(20) {
        case 0, 1, 2:
            let some = (0..<tenants).filter { _ in random.below(3) > 0 }
            let goodness =
                random.below(3) > 0 ? Disturbance.Goodness.good : Disturbance.Goodness.allCases[random.below(3)]
            return .commit(tenants: some.isEmpty ? [tenant] : some, goodness)
        case 3, 4, 5: return .edit(tenant: tenant, Disturbance.Edit.allCases[random.below(5)])
        case 6, 7: return .write(tenant: tenant, Disturbance.WriteFault.allCases[random.below(4)])
        case 8, 9: return .outage(tenant: tenant, Disturbance.ReadFault.allCases[random.below(4)], seconds: seconds)
        case 10: return .stale(tenant: tenant, seconds: min(seconds, 50))
        case 11: return .store(Disturbance.StoreFault.allCases[random.below(3)], seconds: min(seconds, 1_000))
        case 12: return .kill(replica: replica, Disturbance.Moment.allCases[random.below(3)], seconds: seconds)
        case 13: return .killInRun(replica: replica, step: 1 + random.below(30), seconds: seconds)
        case 14: return .pause(replica: replica, seconds: seconds)
        case 15: return .clock(replica: replica, seconds: (random.below(2) == 0 ? -1 : 1) * seconds * 4)
        case 16: return .partner(tenant: tenant, isDead: random.below(2) == 0, seconds: seconds)
        case 17: return random.below(3) == 0 ? .resume(tenant: tenant) : .suspend(tenant: tenant, seconds: seconds)
        case 18: return random.below(2) == 0 ? .request(tenant: tenant) : .approve(tenant: tenant)
        default: return random.below(2) == 0 ? .retrySource : .watch(tenant: tenant, regresses: random.below(2) == 0)
        }
    }
}
