package import Configuration
import Connectors
import Definitions
import Reports
package import TLSGate

extension Reconciler {
    /// The sheet to send to a partner, from the connectors that one definition stands for.
    package func partnerSheet(_ entry: ManagedTenant, name: String) async throws(RunStop) -> PartnerSheet {
        var run = self.run(of: entry)
        if let stop = await run.perform([TenantRun.loadDefinitions]) { throw stop }
        let connectors = (run.definitions?.desired.connectors ?? []).filter { $0.key.name == name }
        let outbound = connectors.first { $0.kind == .outboundConnector }
        let inbound = connectors.first { $0.kind == .inboundConnector }
        guard outbound != nil || inbound != nil else {
            let known = Set(run.definitions?.desired.connectors.map(\.key.name) ?? []).sorted()
            throw RunStop(
                .error,
                id: "name-unknown",
                "No connector of \(entry.tenant.name) is called \"\(name.escapingControls)\".",
                remedy: "Known connectors: \(known.prefix(20).joined(separator: ", "))."
            )
        }
        environment.tell(entry.tenant.name, "asking the partner's servers")
        defer { environment.tell(entry.tenant.name, nil) }
        let found = try await shared.gatekeeper.judge(
            connectors.map { Gatekeeper.Subject($0) },
            waivers: run.definitions?.desired.waivers ?? [],
            outdated: try await run.outdatedWaivers(),
            acceptedDomains: nil
        )
        func judgement(_ connector: DesiredConnector?) -> Judgement? {
            found.judgements.first { $0.connector == connector?.key }
        }
        return PartnerSheet(
            name: name,
            ourDomains: [entry.tenant.organization],
            microsoft: entry.tenant.cloud == .gccHigh || entry.tenant.cloud == .dod ? .government : .worldwide,
            outbound: outbound?.settings,
            outboundJudgement: judgement(outbound),
            inbound: inbound?.settings,
            inboundJudgement: judgement(inbound)
        )
    }
}
