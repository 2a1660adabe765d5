import Connectors

/// From differences to an update that Exchange takes.
extension PlanDraft {
    /// - Parameter isWanted: Whether a difference is to be evened out; an accepted one never is.
    mutating func update(
        _ pair: Matching.Pair,
        _ object: Seen,
        _ comparison: ThreeWay,
        isWanted: (ThreeWay.Difference) -> Bool
    ) {
        let desired = pair.desired
        noteAcceptances(desired, comparison)
        for name in comparison.released {
            notes.append("\(desired.place) no longer declares \(name), which has no default; it stays as it is.")
        }
        let kept = Self.kept(comparison.differences, of: desired.kind, isWanted: isWanted)
        let hasOtherParts = !object.connector.unmanagedParts.isEmpty
        if hasOtherParts && (!kept.isEmpty || pair.way != .remembered) {
            holdOtherParts(of: object, place: desired.place)
            if pair.way != .remembered { leftAlone.append(object) }
            return
        }
        guard !kept.isEmpty else {
            unchanged += 1
            if input.scope.includesCommit {
                holdWeakerTakeover(pair, object, comparison)
                remember(pair, object)
            }
            return
        }
        if input.policy.drift == .propose && kept.contains(where: { $0.cause == .drift }) { proposesDrift = true }
        changes.append(planned(pair, object, kept))
    }

    /// Differences that are wanted, and with them the drift in fields that Exchange validates together with theirs.
    private static func kept(
        _ differences: [ThreeWay.Difference],
        of kind: ConnectorKind,
        isWanted: (ThreeWay.Difference) -> Bool
    ) -> [ThreeWay.Difference] {
        let open = differences.filter { $0.acceptance == nil }
        let wanted = Set(open.filter(isWanted).map(\.path))
        guard wanted.count < open.count else { return open }
        let mates = Set(kind.companions.filter { !$0.isDisjoint(with: wanted) }.flatMap { $0 })
        return open.filter { wanted.contains($0.path) || mates.contains($0.path) }
    }

    private mutating func planned(
        _ pair: Matching.Pair,
        _ object: Seen,
        _ kept: [ThreeWay.Difference]
    ) -> PlannedChange {
        let desired = pair.desired
        let isRenamed = kept.contains { $0.field == nil }
        let displayName = isRenamed ? desired.displayName : object.connector.displayName
        var changed: Settings = [:]
        for difference in kept {
            guard let field = difference.field else { continue }
            changed[field.name] =
                field.normal(difference.wanted).isNothing ? field.nothing : difference.wanted
        }
        let completion = Completion(
            object.connector,
            normal: object.normal,
            name: displayName,
            changed: changed,
            declared: Set(desired.settings.keys)
        )
        for violation in completion.violations {
            hold(
                .exchangeWouldRefuse,
                "\(object.label) would break a rule of Exchange once \(desired.place) is applied (\(violation.rule)): "
                    + "\(violation.reason). \(violation.remedy)"
            )
        }
        changed.merge(completion.resets) { own, _ in own }
        let change = Change(
            action: .update,
            kind: desired.kind,
            name: desired.key.name,
            displayName: displayName,
            guid: object.connector.guid,
            cause: pair.way == .recreated ? .joined(kept.map(\.cause) + [.drift]) : .joined(kept.map(\.cause)),
            source: desired.source,
            fields: Self.fields(object, changed, newName: isRenamed ? desired.displayName : nil),
            companions: completion.companions,
            acceptedRisk: desired.acceptedRisk,
            declared: desired.settings,
            isKept: desired.isKept,
            formerName: pair.formerName
        )
        return PlannedChange(change: change, object: object, after: object.normal.laying(changed), way: pair.way)
    }

    private static func fields(_ object: Seen, _ changed: Settings, newName: String?) -> [FieldChange] {
        var fields: [FieldChange] = []
        if let newName {
            let before = FieldValue.text(object.connector.displayName)
            fields.append(FieldChange(path: ThreeWay.namePath, before: before, after: .text(newName)))
        }
        for (number, field) in FieldTable.of(object.connector.kind).fields.enumerated() {
            guard let after = changed[field.name] else { continue }
            fields.append(FieldChange(path: field.name, before: object.normal.values[number], after: after))
        }
        return fields
    }

    private mutating func noteAcceptances(_ desired: DesiredConnector, _ comparison: ThreeWay) {
        for difference in comparison.differences {
            guard let acceptance = difference.acceptance else { continue }
            notes.append(
                "\(desired.key): \(difference.path) stays \(difference.seen.description.escapingControls) until "
                    + "\(Timestamp.deadlineText(acceptance.until)), accepted by \(acceptance.owner.escapingControls)."
            )
        }
    }
}
