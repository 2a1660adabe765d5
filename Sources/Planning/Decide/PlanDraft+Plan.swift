import Connectors

/// From decisions to the plan: risks and effects, order, guards, seals.
extension PlanDraft {
    func plan() -> Plan {
        let order = ChangeOrder(judged())
        let unmanaged = unmanagedConnectors()
        var plan = Plan(
            tenant: input.tenant,
            revision: input.revision,
            tree: input.tree,
            observedDigest: Seal.digest(of: seen),
            policyDigest: Seal.digest(of: input.policy),
            planDigest: "",
            summary: summary(order.ordered, unmanaged: unmanaged.count),
            changes: order.ordered.map(\.change),
            drift: drift,
            unmanaged: unmanaged,
            guards: allGuards(order.ordered, entangled: order.entangled),
            notes: notes + input.observed.warnings.map { "Exchange says: \($0.escapingControls)" },
            records: records
        )
        if plan.isOfWorkingTree {
            plan.notes.insert("The plan is made from files as they lie on disk, and cannot be applied.", at: 0)
        }
        plan.planDigest = Seal.digest(of: plan)
        return plan
    }

    /// The changes with their risks and effects, which take the other connectors into account.
    private func judged() -> [PlannedChange] {
        guard !changes.isEmpty else { return [] }
        let forced = forcedWildcards()
        return changes.map { planned in
            var planned = planned
            let before = planned.object?.normal
            let own = planned.change.key
            var risks = RiskRules(
                planned.change.kind,
                before: before,
                after: planned.after,
                others: planned.change.kind == .outboundConnector
                    ? forced.filter { $0.owner != .change(own) }.map(\.wildcard) : []
            ).risks
            risks += Self.takeoverRisks(planned)
            planned.change.risks = risks
            planned.change.risk = risks.level
            planned.change.effect =
                Effects(
                    planned.change.kind,
                    before: before,
                    after: planned.after,
                    renamedTo: planned.isRename ? planned.change.displayName : nil
                ).sentences
            return planned
        }
    }

    private enum Owner: Hashable {
        case change(ConnectorKey)
        case object(String)
    }

    private func forcedWildcards() -> [(owner: Owner, wildcard: ForcedWildcard)] {
        let changed = Set(changes.compactMap { $0.object?.connector.guid })
        var result: [(owner: Owner, wildcard: ForcedWildcard)] = []
        for object in seen where object.connector.kind == .outboundConnector {
            guard !changed.contains(object.connector.guid) else { continue }
            result += ForcedWildcard.all(of: object.normal).map { (.object(object.connector.guid), $0) }
        }
        for planned in changes {
            guard let after = planned.after else { continue }
            result += ForcedWildcard.all(of: after).map { (.change(planned.change.key), $0) }
        }
        return result
    }

    private static func takeoverRisks(_ planned: PlannedChange) -> [Risk] {
        guard let object = planned.object else { return [] }
        switch planned.way {
        case .named where object.connector.origin == .hybridWizard:
            return [
                Risk(
                    id: "adopts-hybrid",
                    level: .medium,
                    message:
                        "The object belongs to the Hybrid Configuration Wizard, which overwrites it when it is run again."
                )
            ]
        case .named:
            return [
                Risk(
                    id: "adopts-existing",
                    level: .medium,
                    message: "The object was not managed before: it is taken over."
                )
            ]
        case .recreated:
            return [
                Risk(
                    id: "adopts-recreated",
                    level: .medium,
                    message: "Someone deleted and recreated the object: the new one is taken over."
                )
            ]
        case .remembered, .missing, .new: return []
        }
    }

    private func unmanagedConnectors() -> [UnmanagedConnector] {
        (matching.unmanaged + leftAlone)
            .filter { object in
                guard object.connector.origin != .validationCopy else { return false }
                return object.connector.kind != .transportRule
                    || object.normal.word("routeMessageOutboundConnector") != nil
                    || object.normal.isOn("routeMessageOutboundRequireTls")
            }
            .sorted { one, other in
                one.connector.kind != other.connector.kind
                    ? one.connector.kind < other.connector.kind
                    : one.connector.displayName.utf8.lexicographicallyPrecedes(other.connector.displayName.utf8)
            }
            .map { object in
                let risks = UnmanagedRisks.risks(of: object)
                return UnmanagedConnector(
                    kind: object.connector.kind,
                    displayName: object.connector.displayName,
                    origin: object.connector.origin,
                    risk: risks.level,
                    risks: risks
                )
            }
    }

    private func summary(_ ordered: [PlannedChange], unmanaged: Int) -> Plan.Summary {
        Plan.Summary(
            create: ordered.filter { $0.change.action == .create }.count,
            update: ordered.filter { $0.change.action == .update }.count,
            delete: ordered.filter { $0.change.action == .delete }.count,
            unchanged: unchanged,
            drift: drift.filter { !$0.accepted }.count,
            unmanaged: unmanaged
        )
    }
}
