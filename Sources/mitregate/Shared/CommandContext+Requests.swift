import Configuration
import Controller
import Reconciling

extension CommandContext {
    /// Finds out which requests were merged since they were commented on, where sources have a forge.
    ///
    /// What is not found out, as the forge or git does not answer, counts as not reviewed.
    func settleRequests() async {
        let names = Set(tenants.map(\.source.name))
        let environment = environment
        for source in configuration.sources where source.forge != nil && names.contains(source.name) {
            guard let snapshot = try? await SourceReader(environment).snapshot(of: source) else { continue }
            let tools = RequestTools(
                environment: { environment },
                shared: SharedResources(environment),
                open: { try environment.forge(of: $0) },
                branch: { _ in snapshot }
            )
            await RequestDesk(source.name, tools: tools).settle(snapshot)
        }
    }
}
