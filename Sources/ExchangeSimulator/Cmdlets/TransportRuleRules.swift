/// What Exchange demands of a transport rule.
///
/// Section 6.
enum TransportRuleRules {
    static func check(_ rule: DirectoryObject, in tenant: Tenant) throws(CmdletError) {
        guard !actions(of: rule).isEmpty else {
            throw .validation("The rule must have at least one action.")
        }
        guard let name = rule.text("RouteMessageOutboundConnector") else { return }
        guard let connector = tenant[.outboundConnector].first(where: { $0.answers(to: name, in: tenant) }) else {
            throw .notFound(name, server: tenant.server)
        }
        guard connector.isEnabled, connector.flag("IsTransportRuleScoped") else {
            throw .task(
                "ConnectorIncorrectUsageException",
                "The connector '\(connector.name)' must be enabled and scoped to transport rules."
            )
        }
    }

    // The class names' form is known, the names of these classes are inferred. Section 6.
    private static let classes = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks."

    static func actions(of rule: DirectoryObject) -> [String] {
        var actions: [String] = []
        if rule.text("RouteMessageOutboundConnector") != nil { actions.append("RouteMessageOutboundConnectorAction") }
        if rule.flag("RouteMessageOutboundRequireTls") { actions.append("RouteMessageOutboundRequireTlsAction") }
        if rule.text("SetHeaderName") != nil { actions.append("SetHeaderAction") }
        if rule.flag("StopRuleProcessing") && !actions.isEmpty { actions.append("StopRuleProcessingAction") }
        return actions.map { classes + $0 }
    }

    static func conditions(of rule: DirectoryObject) -> [String] {
        let lists = Property.conditionLists.filter { !rule.list($0).isEmpty }
        let scopes = ["FromScope", "SentToScope"].filter { rule.text($0) != nil }
        return (lists + scopes).map { "\(classes)\($0)Predicate" }
    }

    static func exceptions(of rule: DirectoryObject) -> [String] {
        Property.exceptionLists.filter { !rule.list($0).isEmpty }.map {
            "\(classes)\($0.dropFirst("ExceptIf".count))Predicate"
        }
    }
}
