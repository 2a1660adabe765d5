package import Configuration
import Connectors
import Planning
import Definitions
package import Reports
import TLSGate

extension Reconciler {
    /// Judges definitions whether or not anything changes.
    ///
    /// - Parameter names: Slugs; none means every connector in use.
    package func gate(_ tenants: [ManagedTenant], names: Set<String>) async -> GateDocument {
        let verdicts = await tenants.concurrently(window: Self.window) { entry -> TenantVerdict in
            var run = self.run(of: entry)
            if let stop = await run.perform([TenantRun.loadDefinitions]) {
                return TenantVerdict(tenant: entry.tenant.name, errors: stop.entries, exitStatus: stop.status)
            }
            let connectors = (run.definitions?.desired.connectors ?? [])
                .filter { names.isEmpty || names.contains($0.key.name) }
            environment.tell(entry.tenant.name, "asking the partners' servers")
            defer { environment.tell(entry.tenant.name, nil) }
            do throws(RunStop) {
                // The tenant is not read here; what was confirmed last stands for it.
                let applied = Dictionary(run.applied.connectors.map { ($0.key, $0.settings) }) { first, _ in first }
                let findings = try await shared.gatekeeper.judge(
                    connectors.map { connector in
                        var subject = Gatekeeper.Subject(connector)
                        subject.before = applied[connector.key]
                        return subject
                    },
                    waivers: run.definitions?.desired.waivers ?? [],
                    outdated: try await run.outdatedWaivers(),
                    acceptedDomains: nil
                )
                return TenantVerdict(tenant: entry.tenant.name, judgements: findings.judgements)
            } catch {
                return TenantVerdict(tenant: entry.tenant.name, errors: error.entries, exitStatus: error.status)
            }
        }
        return GateDocument(tenants: verdicts)
    }
}
