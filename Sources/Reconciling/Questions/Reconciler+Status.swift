package import Configuration
import ExchangeOnline
import GitRepositories
import Planning
package import Reports
import StateStore

extension Reconciler {
    /// Where each tenant stands: what git has, what was applied, how the last run ended.
    ///
    /// - Parameter observes: Also reads the tenants, to say whether someone changed them.
    package func status(_ tenants: [ManagedTenant], observes: Bool) async throws -> StatusDocument {
        let drifts = observes ? await drift(tenants).tenants : []
        let statuses = await tenants.concurrently(window: Self.window) {
            entry -> Result<TenantStatus, StateStoreError> in
            do throws(StateStoreError) {
                return .success(try await status(entry, drift: drifts.first { $0.tenant == entry.tenant.name }))
            } catch {
                return .failure(error)
            }
        }
        return StatusDocument(tenants: try statuses.map { try $0.get() })
    }

    private func status(_ entry: ManagedTenant, drift: TenantDrift?) async throws(StateStoreError) -> TenantStatus {
        let name = entry.tenant.name
        let store = environment.store
        let state = try await store.state(of: name)
        let emergencies = try await store.emergencies(of: name)
        var status = TenantStatus(
            tenant: name,
            source: entry.source.name,
            head: nil,
            appliedRevision: state.applied.revision,
            lastRun: state.lastRun,
            quarantine: try await environment.naming(state.quarantine, of: entry),
            unfinished: state.unfinished,
            running: state.lease.map {
                RunInProgress(run: $0.holder.run, since: $0.since, by: $0.holder.description)
            },
            breakGlass: emergencies.filter { $0.until > environment.timing.now() }
        )
        do throws(RunStop) {
            let snapshot = try await pass.sources.snapshot(of: entry.source)
            status.head = snapshot.commit.id
            status.headIsQuarantined =
                try await state.quarantine?.holds(entry.tenant, at: snapshot, shared.files) ?? false
        } catch {
            status.headErrors = error.entries
        }
        // To have no memory of a tenant is its state, and not a failure to read it.
        if let drift, drift.error?.id != TenantDrift.neverApplied {
            status.drift =
                drift.error.map { .unknown([$0]) }
                ?? .known(
                    open: drift.items.count { !$0.item.accepted },
                    accepted: drift.items.count { $0.item.accepted }
                )
        }
        return status
    }
}
