package import FoundationEssentials
import Synchronization

/// The last plan of each tenant, by the contents that it was made from: a tenant in which nothing changed is not planned anew.
package final class PlanCache: Sendable {
    /// What a plan depends on beside the time, as digests or as ids that name content.
    package struct Key: Hashable, Sendable {
        package var tenant: String
        package var revision: String
        /// The tree or the blobs that the definitions were read from.
        package var desired: String
        /// `Seal.contentDigest(of:)`, or the tenant's own id of its state.
        package var observed: String
        /// `Seal.digest(of:)` of the applied state.
        package var applied: String
        /// `Seal.digest(of:)` of the policy.
        package var policy: String
        /// What else was put in: the quarantine, and guards that other rooms found.
        package var others: String

        package init(
            tenant: String,
            revision: String,
            desired: String,
            observed: String,
            applied: String,
            policy: String,
            others: String = ""
        ) {
            self.tenant = tenant
            self.revision = revision
            self.desired = desired
            self.observed = observed
            self.applied = applied
            self.policy = policy
            self.others = others
        }
    }

    private struct Entry {
        let key: Key
        let plan: Plan
        let madeAt: Date
        let horizon: Date?
    }

    private let entries = Mutex<[String: Entry]>([:])

    package init() {}

    /// The plan made from the same contents, unless the time since then can have changed it.
    package func plan(for key: Key, now: Date) -> Plan? {
        entries.withLock { entries in
            guard let entry = entries[key.tenant], entry.key == key, now >= entry.madeAt,
                entry.horizon.map({ now < $0 }) ?? true
            else { return nil }
            return entry.plan
        }
    }

    /// The plan for the key; made, and kept in place of the tenant's last one, where there is none.
    package func plan(for key: Key, now: Date, _ input: () throws -> PlanInput) rethrows -> Plan {
        if let plan = plan(for: key, now: now) { return plan }
        let input = try input()
        let plan = Planner.plan(input)
        let entry = Entry(key: key, plan: plan, madeAt: now, horizon: Planner.horizon(of: input))
        entries.withLock { $0[key.tenant] = entry }
        return plan
    }

    package func forget(tenant: String) { entries.withLock { _ = $0.removeValue(forKey: tenant) } }
}
