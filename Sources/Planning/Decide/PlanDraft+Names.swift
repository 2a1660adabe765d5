import Connectors

/// What stands in the way of names, and of the rules that lead to a name.
extension PlanDraft {
    func names(_ ordered: [PlannedChange], _ entangled: [PlannedChange]) -> [Guard] {
        let holders = Dictionary(seen.map { ($0.name, $0) }) { first, _ in first }
        let freed = Set(ordered.filter { $0.name != $0.formerName }.compactMap(\.formerName))
        var result: [Guard] = []
        for change in ordered {
            guard let name = change.name, name != change.formerName, let holder = holders[name], !freed.contains(name)
            else { continue }
            result.append(
                Guard(
                    .nameTaken,
                    "\(change.change.key) cannot be called \"\(change.change.displayName.escapingControls)\": another object has "
                        + "that name (\(holder.connector.guid)). Rename one of the two."
                )
            )
        }
        if !entangled.isEmpty {
            let keys = entangled.map { "\($0.change.key)" }
            result.append(
                Guard(
                    .nameTaken,
                    "\(Phrase.list(keys)) wait for each other's names or references. Give one of them another name first, in a "
                        + "commit of its own."
                )
            )
        }
        return result
    }

    /// Exchange refuses to disable, rename, re-scope or delete a connector that a rule points at (reference 4.4, O9).
    func references(_ ordered: [PlannedChange]) -> [Guard] {
        let rules = Dictionary(
            ordered.compactMap { change in change.object.map { ($0.connector.guid, change) } }
        ) { first, _ in first }
        return ordered.filter(\.endsReferences).compactMap { change in
            guard let former = change.formerName?.name else { return nil }
            let staying = seen.filter { rule in
                guard rule.connector.kind == .transportRule,
                    rule.normal.word("routeMessageOutboundConnector") == former
                else { return false }
                guard let planned = rules[rule.connector.guid] else { return true }
                guard let after = planned.after?.word("routeMessageOutboundConnector") else { return false }
                return after == former || after == change.name?.name
            }
            guard !staying.isEmpty else { return nil }
            let names = staying.map { "\"\($0.connector.displayName)\"" }.sorted()
            return Guard(
                .connectorInUse,
                "\(change.change.key) cannot be \(Self.verb(of: change)) while \(names.count == 1 ? "the transport rule" : "transport rules") "
                    + "\(Phrase.list(names)) \(names.count == 1 ? "leads" : "lead") mail to it: Exchange refuses that. Lead that mail "
                    + "elsewhere first."
            )
        }
    }

    private static func verb(of change: PlannedChange) -> String {
        guard let after = change.after else { return "deleted" }
        if change.isRename { return "renamed" }
        return after.isOn("enabled") ? "taken away from transport rules" : "disabled"
    }

    /// A rule may only lead to a connector that is there, in use, and scoped to rules (reference 6).
    func targets(_ ordered: [PlannedChange]) -> [Guard] {
        let rules = ordered.filter { change in
            change.change.kind == .transportRule && change.after?.routeName != nil
                && change.after?.word(Self.routeField) != change.object?.normal.word(Self.routeField)
        }
        guard !rules.isEmpty else { return [] }
        let changed = Set(ordered.compactMap { $0.object?.connector.guid })
        var usable: [String: Bool] = [:]
        for object in seen where object.connector.kind == .outboundConnector {
            guard !changed.contains(object.connector.guid) else { continue }
            usable[object.name.name] = Self.isUsable(object.normal)
        }
        for change in ordered where change.change.kind == .outboundConnector {
            if let name = change.name, let after = change.after { usable[name.name] = Self.isUsable(after) }
        }
        return rules.compactMap { rule in
            guard let target = rule.after?.word(Self.routeField), usable[target] != true else { return nil }
            let shown = (rule.after?.routeName ?? target).escapingControls
            let why =
                usable[target] == nil ? "is not in the tenant" : "is disabled there, or not scoped to transport rules"
            return Guard(
                .ruleTargetUnusable,
                "\(rule.change.key) leads mail to the connector \"\(shown)\", which \(why). Where someone changed that by hand, "
                    + "let drift be corrected (drift: correct), or put it back."
            )
        }
    }

    private static let routeField = "routeMessageOutboundConnector"

    private static func isUsable(_ settings: NormalSettings) -> Bool {
        settings.isOn("enabled") && settings.isOn("isTransportRuleScoped")
    }
}
