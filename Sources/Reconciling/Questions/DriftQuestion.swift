package import Configuration
import Definitions
import Logging
import Connectors
import ExchangeOnline
import FoundationEssentials
import Planning
package import Reports

extension Reconciler {
    /// What differs in each tenant from what was last written to it, with the author where the audit log names one.
    package func drift(_ tenants: [ManagedTenant]) async -> DriftDocument {
        let drifts = await tenants.concurrently(window: Self.window) { entry -> TenantDrift in
            var run = self.run(of: entry)
            if let stop = await run.perform([TenantRun.loadDefinitions, TenantRun.observe]) {
                return TenantDrift(tenant: entry.tenant.name, error: stop.entry, exitStatus: stop.status)
            }
            return await run.drift()
        }
        return DriftDocument(tenants: drifts)
    }
}

extension TenantRun {
    /// How far the audit log is asked back; it is kept for 180 days, and drift is looked for more often than that.
    private static let auditWindow: TimeInterval = 7 * 86_400

    /// How far the service's clock and ours may be apart, in seconds.
    private static let clockTolerance: TimeInterval = 120

    fileprivate func drift() async -> TenantDrift {
        guard let observed else { return TenantDrift(tenant: tenant.name) }
        let now = environment.timing.now()
        let items = Planning.DriftReport.items(
            applied: applied,
            observed: observed,
            acceptedDrifts: definitions?.desired.acceptedDrifts ?? [],
            now: now
        )
        guard !items.isEmpty else { return TenantDrift(tenant: tenant.name) }
        let records = await auditRecords(of: items, now: now)
        let written = Dictionary(applied.connectors.map { ($0.key, $0) }) { first, _ in first }
        return TenantDrift(
            tenant: tenant.name,
            items: items.map { item in
                let ours = written[ConnectorKey(kind: item.kind, name: item.name)]
                let since = (ours?.at ?? .distantPast).addingTimeInterval(-Self.clockTolerance)
                let author = records.filter {
                    !$0.isOurs && $0.succeeded && $0.at >= since && $0.concerns(item, guid: ours?.guid ?? "")
                }.max { $0.at < $1.at }
                return AttributedDrift(item: item, changedBy: author?.user, changedAt: author?.at)
            }
        )
    }

    /// The author can be missing for hours, so a log that does not answer takes nothing from the drift itself.
    private func auditRecords(of items: [DriftItem], now: Date) async -> [AuditRecord] {
        guard let connection = try? shared.connections.connection(to: tenant, environment) else { return [] }
        environment.tell(tenant.name, "asking the audit log")
        let since = max(applied.connectors.map(\.at).min() ?? now, now.addingTimeInterval(-Self.auditWindow))
        let reading = await TenantReader(connection).auditRecords(
            since: since.addingTimeInterval(-Self.clockTolerance),
            until: now.addingTimeInterval(Self.clockTolerance)
        )
        switch reading {
        case .known(let records): return records
        case .unknown(let error):
            environment.logger.notice(
                "\(tenant.name): the audit log did not answer: \(error.message.escapingControls)"
            )
            return []
        }
    }
}

extension AuditRecord {
    /// Whether the record is about an item's object, by its name or its identity.
    fileprivate func concerns(_ item: DriftItem, guid: String) -> Bool {
        guard operation.lowercased().hasSuffix("-\(item.kind.rawValue.lowercased())") else { return false }
        let names = [item.displayName.lowercased(), guid.lowercased()]
        let written = [objectName, parameters["Identity"], parameters["Name"]].compactMap { $0?.lowercased() }
        return written.contains { names.contains($0) }
    }
}
