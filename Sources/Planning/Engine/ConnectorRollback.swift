import Connectors

/// Rolling back what a finished run did to one connector: how it was before, and how the run left it.
struct ConnectorRollback {
    enum Decision {
        case nothing
        case refused(String)
        case change(Change, [Write], before: ObservedConnector?)
    }

    let key: ConnectorKey
    let formerKey: ConnectorKey?
    let appliedBefore: AppliedConnector?
    /// `nil` for an object that the run created.
    let before: ObservedConnector?
    /// `nil` for an object that the run deleted.
    let after: ObservedConnector?
    private let displayName: String
    private let written: Set<String>

    /// In the order in which the run wrote; only what is still in effect.
    static func all(in journal: Journal) -> [ConnectorRollback] {
        var order: [ConnectorKey] = []
        var steps: [ConnectorKey: [Journal.Step]] = [:]
        // That a connector was validated is not a setting.
        let changes = journal.steps.filter(\.write.changesSettings)
        for step in changes where step.state == .confirmed || step.state == .undoRefused {
            if steps[step.write.key] == nil { order.append(step.write.key) }
            steps[step.write.key, default: []].append(step)
        }
        return order.compactMap { key in steps[key].flatMap { ConnectorRollback(key, $0) } }
    }

    private init?(_ key: ConnectorKey, _ steps: [Journal.Step]) {
        guard let first = steps.first, let last = steps.last else { return nil }
        self.key = key
        before = first.before
        after = last.after
        appliedBefore = first.appliedBefore
        formerKey = first.appliedBefore?.key == key ? nil : first.appliedBefore?.key
        displayName = last.write.newDisplayName ?? last.write.displayName
        written = Set(steps.flatMap(\.write.settings.keys))
    }

    func decision(in view: TenantView) -> Decision {
        switch (before, after) {
        case (nil, nil): return .nothing
        case (nil, let after?): return rollBackCreate(after, view)
        case (let before?, nil): return rollBackDelete(before, view)
        case (let before?, let after?): return rollBackUpdate(before, after, view)
        }
    }

    private func rollBackCreate(_ after: ObservedConnector, _ view: TenantView) -> Decision {
        guard let object = view.object(guid: after.guid) else { return .nothing }
        let foreign = object.deviations(from: after)
        guard foreign.isEmpty else { return .refused(changed(foreign, object)) }
        let seen = Seen(object)
        let table = FieldTable.of(object.kind)
        let fields = table.fields.indices.filter { seen.normal.values[$0] != table.defaults[$0] }.map {
            FieldChange(path: table.fields[$0].name, before: seen.normal.values[$0], after: nil)
        }
        let change = change(.delete, object, before: seen.normal, after: nil, fields)
        return .change(change, ApplyEngine.writes(of: change, before: object), before: object)
    }

    private func rollBackDelete(_ before: ObservedConnector, _ view: TenantView) -> Decision {
        if let original = view.object(guid: before.guid) {
            let foreign = original.deviations(from: before)
            return foreign.isEmpty ? .nothing : .refused(changed(foreign, original))
        }
        if let namesake = view.object(before.kind, named: before.displayName) {
            return namesake.deviations(from: before).isEmpty
                ? .nothing
                : .refused(
                    "\(label) was deleted and recreated by someone else since (\(namesake.guid)), and is left as it is. Delete or rename "
                        + "that object first, if the former one is to come back."
                )
        }
        let create = RollbackWrite.creation(of: before, name: key.name)
        let after = NormalSettings(before.kind, before.settings)
        let fields = FieldTable.of(before.kind).fields.enumerated().compactMap { number, field -> FieldChange? in
            let isSent = create.settings[field.name] != nil
            let isLater = !field.isSettableOnCreate && !after.values[number].isNothing
            guard isSent || isLater else { return nil }
            return FieldChange(path: field.name, before: nil, after: before.settings[field.name])
        }
        let change = change(.create, before, before: nil, after: after, fields)
        return .change(change, ApplyEngine.writes(of: change, before: nil), before: nil)
    }

    private func rollBackUpdate(
        _ before: ObservedConnector,
        _ after: ObservedConnector,
        _ view: TenantView
    ) -> Decision {
        guard let object = view.object(guid: after.guid) else {
            return .refused(
                "\(label) was deleted by someone else since, and is not created again. Restore its definition, and apply it."
            )
        }
        let different = object.deviations(from: before, counting: written)
        guard !different.isEmpty else { return .nothing }
        let foreign = object.deviations(from: after)
        guard foreign.isEmpty else { return .refused(changed(foreign, object)) }
        let seen = NormalSettings(object.kind, object.settings)
        let target = NormalSettings(before.kind, before.settings)
        var fields: [FieldChange] = []
        if different.contains(ThreeWay.namePath) {
            fields.append(
                FieldChange(
                    path: ThreeWay.namePath,
                    before: .text(object.displayName),
                    after: .text(before.displayName)
                )
            )
        }
        for field in FieldTable.of(before.kind).fields where different.contains(field.name) {
            let isGone = target[field.name].isNothing
            fields.append(
                FieldChange(
                    path: field.name,
                    before: seen[field.name],
                    after: isGone ? nil : before.settings[field.name] ?? field.defaultValue
                )
            )
        }
        var change = change(.update, object, before: seen, after: target, fields)
        change.displayName = before.displayName
        change.companions = companions(of: Set(different), in: before, target)
        return .change(change, ApplyEngine.writes(of: change, before: object), before: object)
    }

    private func companions(
        of names: Set<String>,
        in image: ObservedConnector,
        _ normal: NormalSettings
    ) -> Settings {
        let groups = image.kind.companions.filter { !$0.isDisjoint(with: names) }
        var companions: Settings = [:]
        for mate in Set(groups.flatMap { $0 }).subtracting(names) where !normal[mate].isNothing {
            companions[mate] = image.settings[mate]
        }
        return companions
    }

    private func change(
        _ action: Change.Action,
        _ object: ObservedConnector,
        before: NormalSettings?,
        after: NormalSettings?,
        _ fields: [FieldChange]
    ) -> Change {
        let risks = RiskRules(key.kind, before: before, after: after).risks
        return Change(
            action: action,
            kind: key.kind,
            name: key.name,
            displayName: object.displayName,
            guid: action == .create ? nil : object.guid,
            risk: risks.level,
            risks: risks,
            effect: Effects(key.kind, before: before, after: after).sentences,
            fields: fields,
            declared: appliedBefore?.settings ?? [:],
            isKept: appliedBefore?.isKept ?? false
        )
    }

    private var label: String { "\(key.kind) \"\(displayName.escapingControls)\"" }

    private func changed(_ fields: [String], _ object: ObservedConnector) -> String {
        let values = fields.map { "\($0) is now \(object.shown($0))" }.joined(separator: ", ")
        return
            "\(label) was changed by someone else since (\(values)), and is left as it is. Put it back by hand, or change it by a commit."
    }
}
