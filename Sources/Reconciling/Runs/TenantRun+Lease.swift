import Configuration
import ExchangeOnline
import FoundationEssentials
import Glibc
import Planning
import Reports
import StateStore

extension TenantRun {
    /// How long a lease holds without being renewed.
    static let leaseDuration: Duration = .seconds(300)

    /// Takes the tenant for this run: one tenant, one run at a time.
    ///
    /// The lease of a process of this machine that is no longer alive is taken over at once.
    static let claim: Step = { run throws(RunStop) in
        let holder = LeaseHolder.current
        let now = run.environment.timing.now()
        let tenant = run.tenant.name
        run.fence = try await run.reading {
            try await $0.acquireLease(tenant: tenant, holder: holder.text, now: now, duration: leaseDuration)
        }
        guard run.fence == nil else { return }
        let other = try await run.reading { try await $0.leaseHolder(tenant: tenant, now: now) }
        if let other, let dead = LeaseHolder(other), dead.isDead {
            let store = run.environment.store
            run.fence = try await run.reading { _ in
                guard
                    let old = try await store.acquireLease(
                        tenant: tenant,
                        holder: other,
                        now: now,
                        duration: leaseDuration
                    )
                else { return nil }
                try await store.releaseLease(tenant: tenant, fence: old)
                return try await store.acquireLease(
                    tenant: tenant,
                    holder: holder.text,
                    now: now,
                    duration: leaseDuration
                )
            }
        }
        guard run.fence == nil else { return }
        throw RunStop(
            .held,
            id: "run-in-progress",
            "Another run is at work on \(tenant)\(other.map { " (\($0))" } ?? ""), and a tenant takes one run at a time.",
            remedy:
                "Wait until it has ended; if its machine is gone for good, its lease ends by itself within five minutes.",
            cause: .leased
        )
    }

    /// Renews the lease; a run that has lost it must not go on.
    func holdOn() async throws(RunStop) {
        guard let fence else { return }
        let (tenant, now) = (tenant.name, environment.timing.now())
        try await reading { store in
            guard
                try await store.renewLease(tenant: tenant, fence: fence, now: now, duration: Self.leaseDuration)
            else { throw StateStoreError.leaseLost(tenant: tenant) }
        }
    }

    /// Gives the lease back; called whatever the end of the run.
    package func release() async {
        guard let fence else { return }
        try? await environment.store.releaseLease(tenant: tenant.name, fence: fence)
    }
}

/// Who holds a lease: machine, start of that machine, process.
///
/// Only a process of the same start can be asked for.
struct LeaseHolder: Hashable {
    let host: String
    let boot: String
    let process: Int32

    static let current = LeaseHolder(
        host: ProcessInfo.processInfo.hostName,
        boot: (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
            .split(separator: "-").first.map(String.init) ?? "unknown",
        process: getpid()
    )

    var text: String { "process \(process) on \(host), boot \(boot)" }

    private init(host: String, boot: String, process: Int32) {
        self.host = host
        self.boot = boot
        self.process = process
    }

    init?(_ text: String) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
        guard words.count == 6, words[0] == "process", let process = Int32(words[1]) else { return nil }
        self.init(host: words[3], boot: words[5], process: process)
    }

    /// Whether it surely is gone: a process of this machine's present start that the kernel no longer knows.
    var isDead: Bool {
        guard host == Self.current.host, boot == Self.current.boot, process > 0 else { return false }
        return kill(process, 0) != 0 && errno == ESRCH
    }
}
