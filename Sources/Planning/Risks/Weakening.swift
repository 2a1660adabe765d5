package import Connectors

/// What a change of one object would weaken, told by the same rules as the risks of a plan.
///
/// The watch asks it of going back: failing TLS is what an attacker on the wire would want taken back.
package enum Weakening {
    /// The risks of a change that weaken security; none where it weakens nothing.
    ///
    /// - Parameters:
    ///   - before: The object's fields; `nil` where it is not there.
    ///   - after: Its fields after the change; `nil` where it is taken away.
    ///   - others: The other outbound connectors as they will be: a connector can take mail out of their forced TLS.
    package static func risks(
        _ kind: ConnectorKind,
        from before: Settings?,
        to after: Settings?,
        among others: [Settings] = []
    ) -> [Risk] {
        RiskRules(
            kind,
            before: before.map { NormalSettings(kind, $0) },
            after: after.map { NormalSettings(kind, $0) },
            others: others.flatMap { ForcedWildcard.all(of: NormalSettings(.outboundConnector, $0)) }
        ).risks.filter { $0.level == .high }
    }
}
