import Connectors

/// What it takes to roll one step back, told from a reading: nothing, a request, or leaving someone else's change alone.
struct StepRollback {
    enum Decision {
        case done
        case send(Write)
        /// Why the object is left as it is, and what a person is to do.
        case leave(String)
    }

    let step: Journal.Step
    /// The object as it is now, by its identity, or by name where that is all that is known.
    let object: ObservedConnector?
    /// Another object that now has the name of one that this step deleted.
    private let namesake: ObservedConnector?
    /// What this run made of the connector, in all of its steps.
    private let own: OwnValues

    init(_ step: Journal.Step, _ journal: Journal, _ view: TenantView) {
        self.step = step
        own = OwnValues(journal.steps.filter { $0.write.key == step.write.key })
        if step.write.action == .delete {
            let remade = step.guid == step.write.guid ? nil : view.object(guid: step.guid)
            let byName = view.object(step.write.kind, named: step.write.displayName)
            let original = view.object(guid: step.write.guid)
            object = original ?? remade ?? (step.undo == nil ? nil : byName)
            namesake = object == nil ? byName : nil
        } else {
            object = view.object(of: step)
            namesake = nil
        }
    }

    /// Whether the tenant is, in this object, as it was before the step.
    var isDone: Bool {
        switch step.write.action {
        case .create: object == nil
        case .update where step.before == nil: true
        case .update, .delete:
            object.map { object in step.before.map { deviations(of: object, from: $0).isEmpty } ?? true } ?? false
        }
    }

    private func deviations(of object: ObservedConnector, from before: ObservedConnector) -> [String] {
        object.deviations(from: before, counting: Set(step.write.settings.keys))
    }

    var decision: Decision {
        // What was passed was passed: only whether the tenant says so is open, and that is not a setting to put back.
        if let validatedAt = step.write.validatedAt {
            let isShown = object?.validated?.says(validatedAt: validatedAt) == true
            return .leave(isShown ? "The tenant shows it by now." : "The tenant may yet show it, which does no harm.")
        }
        switch step.write.action {
        case .create: return undoCreate()
        case .update: return undoUpdate()
        case .delete: return undoDelete()
        }
    }

    /// What is said when the request was tried often enough.
    var givenUp: Decision {
        .leave(
            "\(label) could not be put back (\(step.problem ?? "Exchange accepted the request and did not carry it out")). \(instruction)"
        )
    }

    /// A request that was accepted and never seen may yet show, so its opposite is sent even where nothing is to be seen.
    private var isUnseen: Bool { step.state == .sent && step.after == nil }

    private func undoCreate() -> Decision {
        let write = Write(
            action: .delete,
            kind: step.write.kind,
            name: step.write.name,
            displayName: object?.displayName ?? step.write.displayName,
            guid: object?.guid ?? step.guid,
            settings: [:],
            expected: [:]
        )
        guard let object else { return isUnseen && step.guid != nil ? .send(write) : .done }
        let foreign = own.foreign(in: object, isOurs: step.guid != nil)
        guard foreign.isEmpty else {
            return .leave(
                step.guid == nil
                    ? "\(label) is there, but is not what this run was about to make (\(described(foreign, object))); it may be someone else's "
                        + "and is left as it is. \(instruction)"
                    : changedByOthers(foreign, object)
            )
        }
        return .send(write)
    }

    private func undoUpdate() -> Decision {
        guard let before = step.before else { return .done }
        guard let object else {
            return .leave("\(label) was deleted by someone else after this run changed it. \(instruction)")
        }
        let different = deviations(of: object, from: before)
        if different.isEmpty && !isUnseen { return .done }
        let foreign = own.foreign(in: object, isOurs: true)
        guard foreign.isEmpty else { return .leave(changedByOthers(foreign, object)) }
        return .send(RollbackWrite.update(of: object, to: before, step.write, fields: different))
    }

    private func undoDelete() -> Decision {
        guard let before = step.before else { return .done }
        if let namesake {
            return .leave(
                "\(label) was recreated by someone else after this run deleted it (\(namesake.guid)). It is left as it is. \(instruction)"
            )
        }
        guard let object else { return .send(RollbackWrite.creation(of: before, name: step.write.name)) }
        if object.guid == step.write.guid { return .done }
        let different = object.deviations(from: before)
        if different.isEmpty { return .done }
        let foreign = own.foreign(in: object, isOurs: step.guid != step.write.guid)
        guard foreign.isEmpty else { return .leave(changedByOthers(foreign, object)) }
        return .send(RollbackWrite.update(of: object, to: before, step.write, fields: different))
    }

    private func changedByOthers(_ fields: [String], _ object: ObservedConnector) -> String {
        "\(label) was changed by someone else after this run wrote it (\(described(fields, object))). It is left as it is. \(instruction)"
    }

    private func described(_ fields: [String], _ object: ObservedConnector) -> String {
        fields.map { "\($0) is now \(object.shown($0))" }.joined(separator: ", ")
    }

    private var label: String { "\(step.write.kind) \"\(step.write.displayName.escapingControls)\"" }

    /// Exactly what a person is to do to get what was there before the run.
    private var instruction: String {
        guard let before = step.before else {
            return "To restore what was there before the run, delete it in the Exchange admin center."
        }
        if step.write.action == .delete {
            return
                "To restore what was there before the run, compare it with the before-image of this run (mitregate show)."
        }
        var paths = step.write.newDisplayName == nil ? [] : [ThreeWay.namePath]
        paths += FieldTable.of(before.kind).fields.map(\.name).filter { step.write.settings[$0] != nil }
        let values = paths.map { "\($0) to \(before.shown($0))" }.joined(separator: ", ")
        return "To restore what was there before the run, set \(values)."
    }
}

/// The values that this run gave to one connector, or found there: what else is seen, someone else did.
struct OwnValues {
    private let steps: [Journal.Step]

    init(_ steps: [Journal.Step]) { self.steps = steps }

    /// The fields of an object that hold what neither was there before the run nor was written or seen by it.
    ///
    /// - Parameter isOurs: Whether the object is known to be the one that the run touched. If it only has the name of
    ///   one that the run meant to create, all that the run did not write must be Exchange's default.
    func foreign(in object: ObservedConnector, isOurs: Bool) -> [String] {
        let table = FieldTable.of(object.kind)
        let now = NormalSettings(object.kind, object.settings)
        let images = steps.flatMap { [$0.before, $0.after].compactMap { $0 } }
        let known = images.map { NormalSettings($0.kind, $0.settings) }
        let written = steps.flatMap { step -> [Settings] in [step.write.expected, step.undo?.expected ?? [:]] }
        let names =
            images.map(\.displayName)
            + steps.flatMap { [$0.write.displayName, $0.write.newDisplayName].compactMap { $0 } }
        var foreign = names.contains { $0.isSameName(as: object.displayName) } ? [] : [ThreeWay.namePath]
        let isCreated = steps.contains { step in
            let isRemade = step.write.action == .delete && step.guid != step.write.guid
            return step.write.action == .create || step.undo?.action == .create || isRemade
        }
        for (number, field) in table.fields.enumerated() where !ObservedConnector.movingFields.contains(field.name) {
            let value = now.values[number]
            if known.contains(where: { $0.values[number] == value }) { continue }
            let writes = written.compactMap { $0[field.name] }
            if writes.contains(where: { field.normal($0) == value }) { continue }
            if isCreated && value == table.defaults[number] { continue }
            if isCreated && isOurs && known.isEmpty && writes.isEmpty { continue }
            foreign.append(field.name)
        }
        if !object.unmanagedParts.isEmpty && !images.contains(where: { $0.unmanagedParts == object.unmanagedParts }) {
            foreign.append(DriftComparison.otherPartsPath)
        }
        return foreign
    }
}
