package import Configuration
import Connectors
import Definitions
import ExchangeOnline
import FoundationEssentials
import Planning
package import Reports

extension Reconciler {
    /// What differs in each tenant from what was last written to it, with the author where the audit log names one.
    package func drift(_ tenants: [ManagedTenant]) async -> DriftDocument {
        let drifts = await tenants.concurrently(window: Self.window) { entry -> TenantDrift in
            var run = self.run(of: entry)
            do throws(RunStop) {
                return try await run.drift()
            } catch {
                return TenantDrift(tenant: entry.tenant.name, error: error.entry, exitStatus: error.status)
            }
        }
        return DriftDocument(tenants: drifts)
    }
}

extension TenantRun {
    /// Compares the tenant with what was applied, whatever git says: a broken commit must not hide a change by hand.
    ///
    /// Git is asked only which deviations are accepted. Where it cannot answer none is, and the result says so.
    fileprivate mutating func drift() async throws(RunStop) -> TenantDrift {
        let name = tenant.name
        let state = try await remembered()
        guard state.applied.revision != nil || !state.applied.connectors.isEmpty else {
            return TenantDrift(neverApplied: name)
        }
        let gitTrouble = await perform([TenantRun.loadDefinitions])
        if let gitTrouble, gitTrouble.status == .interrupted { throw gitTrouble }
        applied = state.applied
        if gitTrouble != nil { definitions = nil }
        if let stop = await perform([TenantRun.observe]) { throw stop }
        let now = environment.timing.now()
        let desired = definitions?.desired ?? DesiredTenant(connectors: [])
        let emergencies = state.breakGlass.filter { !$0.isSettled(by: desired) }
        let accepted = desired.acceptedDrifts + emergencies.filter { $0.until > now }.map(\.acceptance)
        let items = DriftComparison.items(
            applied: emergencies.completing(applied),
            observed: try known(observed, "the tenant's state"),
            acceptedDrifts: accepted,
            now: now
        )
        return TenantDrift(
            tenant: name,
            items: await attributed(items),
            warnings: gitTrouble?.entries ?? []
        )
    }
}
