import Foundation
import Planning
import Scheduling

/// What is done to the world from outside.
extension World {
    func disturb(_ kind: Disturbance.Kind) {
        note("\(kind)")
        switch kind {
        case .commit(let tenants, let goodness): source.commit(to: tenants, goodness)
        case .edit(let tenant, let edit):
            made += 1
            editedAt[tenant] = now
            let hand = tenants[tenant].edit(edit, number: made)
            recordRoutes(tenant)
            checker.edit(tenant, hand)
        case .write(let tenant, let fault): tenants[tenant].faults.append(fault)
        case .outage(let tenant, let fault, let seconds): tenants[tenant].outage = (fault, now + Double(seconds))
        case .stale(let tenant, let seconds): tenants[tenant].lag = Double(seconds)
        case .store(let fault, let seconds): store.fault = (fault, now + Double(seconds))
        case .kill(let replica, .atOnce, let seconds): die(replica, after: seconds)
        case .kill(let replica, let moment, let seconds): replicas[replica].doom = (moment, seconds)
        case .killInRun(let replica, let step, let seconds): replicas[replica].lastStep = (step, seconds)
        case .pause(let replica, let seconds): replicas[replica].pausedUntil = now + Double(seconds)
        case .clock(let replica, let seconds): replicas[replica].clock += Double(seconds)
        case .partner(let tenant, let isDead, let seconds): partners[tenant] = (isDead, now + Double(seconds))
        case .suspend(let tenant, let seconds):
            let suspension = Suspension(until: now + Double(seconds), reason: "work", by: "ops", since: now)
            deliver(.suspended(suspension), to: tenant)
        case .resume(let tenant): deliver(.resumed(by: "ops"), to: tenant)
        case .request(let tenant): ask(tenant, .request)
        case .approve(let tenant):
            guard let digest = waiting[tenant]?.planDigest else { return }
            checker.released.insert("\(tenant) \(digest)")
            deliver(.approved(Approval(digest: digest, reason: "seen", by: "ops", at: now)), to: tenant)
        case .retrySource: retrySource()
        case .watch(let tenant, let regresses):
            guard store.rows[tenant].revision != nil, mails.isEmpty else { return }
            endWatch(tenant, source.tip.folders[tenant].tree, regresses ? .regressed("mail fails") : .judged)
        case .forge(let kind): disturb(kind)
        case .mail(let kind): disturb(kind)
        case .offer(let kind): disturb(kind)
        case .ahead(let kind): disturb(kind)
        }
    }

    private func disturb(_ kind: MailDisturbance) {
        switch kind {
        case .reroute(let tenant, let toDead):
            source.commit(to: [tenant], .good, smartHost: toDead ? "dead.p0.example" : "relay.p0.example")
        case .trouble(let tenant, let partner, let fault, let seconds):
            mails[tenant].begin(fault, of: PretendMail.domains[partner], from: now, seconds: seconds)
        case .outage(let tenant, let seconds): mails[tenant].begin(.down, of: nil, from: now, seconds: seconds)
        case .blindGate(let tenant, let seconds): mails[tenant].blindGate(until: now + Double(seconds))
        case .lostTrace(let tenant, let seconds): mails[tenant].loseTrace(until: now + Double(seconds))
        case .end(let tenant): endWatches(tenant)
        }
    }

    /// The API keeps what a person asks for in the store, where the tenant's replica finds it; without a store it refuses.
    private func deliver(_ input: LaneInput, to tenant: Int) {
        guard store.isWritable(at: now) else { return }
        store.rows[tenant].inbox.append(input)
    }

    private func ask(_ tenant: Int, _ cause: Cause) {
        guard store.isWritable(at: now) else { return }
        made += 1
        let id = "request-\(made)"
        checker.made(id, at: now)
        deliver(.asked(id: id, cause), to: tenant)
    }

    private func retrySource() {
        guard store.isWritable(at: now) else { return }
        let failed = Set(store.rollout.failures.map(\.tenant))
        moveRollout(.retried)
        for tenant in tenants.indices where failed.contains(name(tenant)) { ask(tenant, .retry) }
    }

    /// Ends every trouble; what was broken by a commit or by hand stays so.
    func heal() {
        note("calm")
        store.fault = nil
        forge.heal(at: now)
        for tenant in tenants.indices {
            tenants[tenant].outage = nil
            tenants[tenant].faults = []
            tenants[tenant].lag = 0
            partners[tenant] = nil
            warnings[tenant] = .distantPast
            if !mails.isEmpty { mails[tenant].heal(at: now) }
        }
        for replica in replicas.indices {
            replicas[replica].pausedUntil = nil
            replicas[replica].doom = nil
            replicas[replica].lastStep = nil
            replicas[replica].clock = 0
            revive(replica)
        }
        checker.calm(tenants.map(\.requests))
    }
}
