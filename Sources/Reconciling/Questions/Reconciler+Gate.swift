package import Configuration
import Connectors
import ExchangeOnline
import Planning
import Definitions
import FoundationEssentials
package import Reports
import TLSGate

extension Reconciler {
    /// Judges definitions whether or not anything changes.
    ///
    /// - Parameters:
    ///   - names: Slugs; none means every connector in use.
    ///   - keptAge: What runs saw at most so long ago stands, and only the other servers are asked.
    package func gate(
        _ tenants: [ManagedTenant],
        names: Set<String>,
        keptAge: Duration = .zero
    ) async -> GateDocument {
        let verdicts = await tenants.concurrently(window: Self.window) { entry -> TenantVerdict in
            var run = self.run(of: entry)
            if let stop = await run.perform([TenantRun.loadDefinitions]) {
                return TenantVerdict(tenant: entry.tenant.name, errors: stop.entries, exitStatus: stop.status)
            }
            let connectors = (run.definitions?.desired.connectors ?? [])
                .filter { names.isEmpty || names.contains($0.key.name) }
            defer { environment.tell(entry.tenant.name, nil) }
            do throws(RunStop) {
                let since = environment.timing.now().addingTimeInterval(-Double(keptAge.components.seconds))
                let kept = keptAge > .zero ? try await run.kept(connectors, since: since) : []
                environment.tell(entry.tenant.name, "asking the partners' servers")
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
                    acceptedDomains: nil,
                    kept: kept
                )
                return TenantVerdict(tenant: entry.tenant.name, judgements: findings.judgements)
            } catch {
                return TenantVerdict(tenant: entry.tenant.name, errors: error.entries, exitStatus: error.status)
            }
        }
        return GateDocument(tenants: verdicts)
    }
}
