import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import GitRepositories
import Logging
import Planning
import Reports
import StateStore

extension TenantRun {
    /// Takes the tenant for this run: one tenant, one run at a time.
    ///
    /// The lease of a run whose process has surely ended is taken over at once.
    static let claim: Step = { run throws(RunStop) in
        let holder = RunHolder.current(
            run: run.options.runID ?? RunID.make(now: run.environment.timing.now())
        )
        let tenant = run.tenant.name
        let duration = run.environment.leaseDuration
        let answer = try await run.reading { try await $0.acquire(tenant, by: holder, for: duration) }
        switch answer {
        case .granted(let lease):
            run.lease = lease
            run.renewal = run.environment.renewal(of: lease)
        case .held(let other):
            throw RunStop(
                .held,
                id: "run-in-progress",
                """
                Another run is at work on \(tenant) (\(other.holder.description.escapingControls), since \
                \(Timestamp.text(other.since))), and a tenant takes one run at a time.
                """,
                remedy: """
                    Wait until it has ended. If its machine is gone for good, its lease ends by itself within five minutes.
                    """,
                cause: .leased
            )
        }
    }

    /// Renews the lease; a run that has lost it must not go on.
    func holdOn() async throws(RunStop) {
        guard let lease else { return }
        try await reading { store in
            guard try await store.renew(lease) else { throw StateStoreError.leaseLost(tenant: lease.tenant) }
        }
    }

    /// Gives the lease back; called whatever the end of the run.
    package func release() async {
        renewal?.cancel()
        guard let lease else { return }
        do throws(StateStoreError) {
            try await environment.store.release(lease)
        } catch {
            // Nothing is lost: it runs out by itself.
            environment.logger.warning(
                "\(tenant.name): The lease was not given back. \(error.message)",
                metadata: logged
            )
        }
    }

    /// Changes what is remembered about the tenant, in one transaction, as long as this run holds the lease.
    func commit(_ change: StateChange) async throws(RunStop) {
        let lease = try known(lease, "the lease")
        try await reading { try await $0.commit(change, under: lease) }
    }

    /// What each line of the log says of this run.
    var logged: Logger.Metadata {
        var metadata: Logger.Metadata = ["tenant": "\(tenant.name)"]
        if let run = lease?.holder.run { metadata["run"] = "\(run)" }
        if let revision = snapshot?.commit.id { metadata["revision"] = "\(revision)" }
        return metadata
    }

    /// The id of this run, under which the history keeps it: that of its lease.
    var id: String { lease?.holder.run ?? RunID.make(now: environment.timing.now()) }
}
