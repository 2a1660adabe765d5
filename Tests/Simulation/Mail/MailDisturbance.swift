/// Something that happens to mail, or to those who look at it.
package enum MailDisturbance: Hashable, Sendable {
    /// A commit that leads a partner's mail to another server, or to one that is dead.
    case reroute(tenant: Int, toDead: Bool)
    /// Something is wrong with the servers of a tenant's partner for a while.
    case trouble(tenant: Int, partner: Int, Fault, seconds: Int)
    /// No server anywhere can be reached for a while.
    case outage(tenant: Int, seconds: Int)
    /// The gate sees nothing from where it is.
    case blindGate(tenant: Int, seconds: Int)
    case lostTrace(tenant: Int, seconds: Int)
    /// A person ends the watches of a tenant.
    case end(tenant: Int)

    package enum Fault: String, Hashable, Sendable, CaseIterable { case down, noStartTLS, untrusted }
}

extension Schedule {
    /// Whether the mail of what is written is watched; where it is, the source has no forge.
    static func hasMail(seed: Int) -> Bool { [0, 2].contains(seed % 5) }

    /// A few stories: a change, and what becomes of the partner's mail then, with a cause in the change or without one.
    static func mail(seed: Int, tenants: Int) -> [Disturbance] {
        guard hasMail(seed: seed) else { return [] }
        var random = SeededGenerator(seed, stream: 3)
        var all: [Disturbance] = []
        func add(_ at: Int, _ kind: MailDisturbance) { all.append(Disturbance(at: at, kind: .mail(kind))) }
        for _ in 0..<(2 + random.below(3)) {
            let at = 600 + random.below(stormy - 4_200)
            let tenant = random.below(tenants)
            let later = at + [300, 1_200, 2_400][random.below(3)]
            let seconds = [1_200, 2_700, 5_400][random.below(3)]
            switch random.below(6) {
            case 0, 1: add(at, .reroute(tenant: tenant, toDead: true))
            case 2, 3:
                add(at, .reroute(tenant: tenant, toDead: false))
                add(later, .trouble(tenant: tenant, partner: 0, .down, seconds: seconds))
            case 4:
                all.append(Disturbance(at: at, kind: .commit(tenants: [tenant], .good)))
                let fault = MailDisturbance.Fault.allCases[random.below(3)]
                add(later, .trouble(tenant: tenant, partner: random.below(2), fault, seconds: seconds))
            default:
                add(at, .reroute(tenant: tenant, toDead: random.below(2) == 0))
                add(later, .outage(tenant: tenant, seconds: seconds))
            }
            switch random.below(8) {
            case 0: add(later + random.below(1_800), .blindGate(tenant: tenant, seconds: seconds))
            case 1: add(later + random.below(1_800), .lostTrace(tenant: tenant, seconds: seconds))
            case 2: add(later + random.below(1_800), .end(tenant: tenant))
            default: break
            }
        }
        return all
    }
}
