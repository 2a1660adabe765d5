package import Connectors

extension Journal {
    /// What of this run's confirmed work a later reading no longer shows, in words for people; empty where all of it
    /// stands.
    package func losses(in observed: ObservedTenant) -> [String] {
        let view = TenantView(observed)
        return steps.filter { $0.state == .confirmed }.compactMap { step in
            step.write.loss(in: view.object(of: step)).map {
                "\(step.write.kind) \"\(step.write.displayName.escapingControls)\": \($0)"
            }
        }
    }

    /// The transport rules that the journal writes, by name and identity: what a reading must report.
    package var ruleNames: Set<String> {
        Set(
            steps.filter { $0.write.kind == .transportRule }
                .flatMap { [$0.write.displayName, $0.write.newDisplayName, $0.guid, $0.before?.guid] }
                .compactMap { $0 }
        )
    }
}
