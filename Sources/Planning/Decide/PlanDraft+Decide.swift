import Connectors

/// What becomes of each definition, and of each object without one.
extension PlanDraft {
    mutating func decide(_ pair: Matching.Pair) {
        switch pair.way {
        case .new: if input.scope.includesCommit { create(pair, cause: .git) }
        case .missing: decideMissing(pair)
        case .named: if let object = pair.object { adopt(pair, object) }
        case .recreated: if let object = pair.object { decideRecreated(pair, object) }
        case .remembered: if let object = pair.object { decideRemembered(pair, object) }
        }
    }

    // MARK: Objects that are there

    private mutating func decideRemembered(_ pair: Matching.Pair, _ object: Seen) {
        let comparison = compare(pair, object)
        if let applied = pair.applied {
            let wanted = Set(comparison.differences.map(\.path))
            let item = DriftComparison.item(.changed, applied, object, accepted) { path, _ in
                path != DriftComparison.otherPartsPath && !wanted.contains(path)
            }
            if let item { drift.append(item) }
        }
        let (input, key) = (input, pair.desired.key)
        update(pair, object, comparison) { difference in
            difference.cause == .drift ? input.corrects(difference.path, of: key) : input.scope.includesCommit
        }
    }

    /// Someone deleted the object and created another of the same name: it is reported, and only taken over when told to.
    ///
    /// Source: reference 12.14.
    private mutating func decideRecreated(_ pair: Matching.Pair, _ object: Seen) {
        guard let applied = pair.applied else { return }
        if let item = DriftComparison.item(.recreated, applied, object, accepted) { drift.append(item) }
        let desired = pair.desired
        guard input.scope.includesCommit, input.takesOverRecreated || desired.isAdopting else {
            leftAlone.append(object)
            if !applied.declares(desired.settings) || !applied.displayName.isSameName(as: desired.displayName) {
                hold(
                    .recreated,
                    "\(desired.place) changed, but \(object.label) was deleted and recreated by someone else. To take the new "
                        + "object over, add \(Annotation.adopt): enabled to the document's metadata.annotations."
                )
            }
            return
        }
        guard mayTakeOver(pair, object) else { return }
        update(pair, object, compare(pair, object)) { _ in true }
    }

    private mutating func adopt(_ pair: Matching.Pair, _ object: Seen) {
        guard input.scope.includesCommit else {
            leftAlone.append(object)
            return
        }
        guard mayTakeOver(pair, object) else { return }
        update(pair, object, compare(pair, object)) { _ in true }
    }

    private mutating func mayTakeOver(_ pair: Matching.Pair, _ object: Seen) -> Bool {
        let desired = pair.desired
        let isForeign = object.connector.origin == .hybridWizard || object.connector.origin == .migrated
        if isForeign && !desired.isAdopting {
            leftAlone.append(object)
            let maker =
                object.connector.origin == .hybridWizard ? "the Hybrid Configuration Wizard" : "a migration"
            hold(
                .adoptionMissing,
                "\(object.label) was made by \(maker) and is left alone. If \(desired.place) is to take it over, add "
                    + "\(Annotation.adopt): enabled to the document's metadata.annotations."
            )
            return false
        }
        return true
    }

    private func compare(_ pair: Matching.Pair, _ object: Seen) -> ThreeWay {
        ThreeWay(desired: pair.desired, applied: pair.applied, object: object, accepted: accepted)
    }

    // MARK: Objects that are not there

    private mutating func decideMissing(_ pair: Matching.Pair) {
        guard let applied = pair.applied else { return }
        if let item = DriftComparison.item(.missing, applied, nil, accepted) { drift.append(item) }
        let isSame =
            applied.declares(pair.desired.settings) && applied.displayName.isSameName(as: pair.desired.displayName)
        guard isSame ? input.recreates(pair.desired.key) : input.scope.includesCommit else { return }
        if isSame && input.policy.drift == .propose { proposesDrift = true }
        create(pair, cause: isSame ? .drift : .both)
    }

    private mutating func create(_ pair: Matching.Pair, cause: Change.Cause) {
        let desired = pair.desired
        let after = NormalSettings(desired.kind, desired.settings)
        var fields: [FieldChange] = []
        for (number, field) in FieldTable.of(desired.kind).fields.enumerated() {
            guard let value = desired.settings[field.name], !after.values[number].isNothing else { continue }
            fields.append(FieldChange(path: field.name, before: nil, after: value))
        }
        let change = Change(
            action: .create,
            kind: desired.kind,
            name: desired.key.name,
            displayName: desired.displayName,
            cause: cause,
            source: desired.source,
            fields: fields,
            acceptedRisk: desired.acceptedRisk,
            declared: desired.settings,
            isKept: desired.isKept,
            formerName: pair.formerName
        )
        changes.append(PlannedChange(change: change, object: nil, after: after, way: pair.way))
    }

    // MARK: Objects without a definition

    mutating func decide(_ applied: AppliedConnector, without object: Seen?) {
        // It is managed as long as the commit that gives it up is not applied.
        guard input.scope.includesCommit else { return }
        guard let object else {
            holdWeakerRemoval(applied)
            records.append(Plan.Record(key: applied.key, remembered: nil))
            notes.append("\(applied.key) is gone from git and from the tenant; it is forgotten.")
            return
        }
        let tombstone = input.desired.tombstones.first { $0.covers(applied.key) }
        guard tombstone != nil || input.policy.prune == .delete && !applied.isKept else {
            records.append(Plan.Record(key: applied.key, remembered: nil))
            notes.append(
                "\(object.label) has no definition any more; it stays in the tenant, and is no longer managed."
            )
            leftAlone.append(object)
            return
        }
        if !object.connector.unmanagedParts.isEmpty { holdOtherParts(of: object, place: "\(applied.key)") }
        let item = DriftComparison.item(.changed, applied, object, accepted)
        if let item { drift.append(item) }
        let table = FieldTable.of(applied.key.kind)
        let fields = table.fields.indices.filter { object.normal.values[$0] != table.defaults[$0] }.map { number in
            FieldChange(path: table.fields[number].name, before: object.normal.values[number], after: nil)
        }
        let change = Change(
            action: .delete,
            kind: applied.key.kind,
            name: applied.key.name,
            displayName: object.connector.displayName,
            guid: object.connector.guid,
            cause: item == nil ? .git : .both,
            source: tombstone?.source,
            fields: fields,
            acceptedRisk: tombstone?.approval ?? applied.acceptedRisk
        )
        changes.append(PlannedChange(change: change, object: object, after: nil, way: .remembered))
    }

    mutating func holdOtherParts(of object: Seen, place: String) {
        let parts = object.connector.unmanagedParts.map { part in
            part.split(separator: ".").last.map(String.init) ?? part
        }
        hold(
            .ruleHasOtherParts,
            "\(object.label) has parts that no definition can say (\(Phrase.list(parts))), so that \(place) would not hold "
                + "what it promises; the rule is left alone. Remove those parts, or define the rule under another name."
        )
    }
}

extension Matching.Pair {
    /// The slug under which the object is remembered, where the definition has another.
    var formerName: String? {
        guard let applied, applied.key != desired.key else { return nil }
        return applied.key.name
    }
}

extension DesiredConnector {
    /// The document, for messages: `OutboundConnector/fabrikam (tenants/contoso/fabrikam.yaml:3)`.
    var place: String {
        let position = source.line == 0 ? source.file : "\(source.file):\(source.line)"
        return "\(key) (\(position.escapingControls))"
    }
}

extension Seen {
    /// The object, for messages: `OutboundConnector "Fabrikam (forced TLS)"`.
    var label: String { "\(connector.kind) \"\(connector.displayName.escapingControls)\"" }
}
