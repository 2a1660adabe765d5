package import Connectors
package import FoundationEssentials

/// What in the tenant is not as it was last written, whatever git says today.
package enum DriftComparison {
    /// In the order of the connectors' keys.
    package static func items(
        applied: AppliedTenant,
        observed: ObservedTenant,
        acceptedDrifts: [AcceptedDrift],
        now: Date
    ) -> [DriftItem] {
        let seen = observed.connectors.map(Seen.init)
        let byGUID = Dictionary(seen.map { ($0.connector.guid, $0) }) { first, _ in first }
        let byName = Dictionary(seen.map { ($0.name, $0) }) { first, _ in first }
        let ours = Set(applied.connectors.map(\.guid))
        let accepted = AcceptedValues(acceptedDrifts, now: now)
        return applied.connectors.sorted { $0.key < $1.key }.compactMap { entry in
            if let object = byGUID[entry.guid] { return item(.changed, entry, object, accepted) }
            let namesake = byName[ObjectName(entry.key.kind, entry.displayName)]
            guard let namesake, !ours.contains(namesake.connector.guid) else {
                return item(.missing, entry, nil, accepted)
            }
            return item(.recreated, entry, namesake, accepted)
        }
    }

    /// One connector's deviation, or `nil` where there is none.
    ///
    /// - Parameter isWanted: Whether git has meanwhile come to want the deviating value, so that it deviates no more.
    static func item(
        _ form: DriftItem.Form,
        _ applied: AppliedConnector,
        _ object: Seen?,
        _ accepted: AcceptedValues,
        isWanted: (String, FieldValue) -> Bool = { _, _ in false }
    ) -> DriftItem? {
        var fields: [DriftItem.Field] = []
        if let object {
            fields = self.fields(applied, object, accepted).filter { !isWanted($0.path, $0.observed ?? .none) }
        }
        if form == .changed && fields.isEmpty { return nil }
        let kind = applied.key.kind
        // What the tenant was when it agreed with what was written, and what it is now.
        let before = object?.normal.laying(applied.settings) ?? NormalSettings(kind, applied.settings)
        return DriftItem(
            form: form,
            kind: kind,
            name: applied.key.name,
            displayName: applied.displayName,
            fields: fields,
            accepted: form == .changed && fields.allSatisfy(\.accepted),
            effect: Effects(kind, before: before, after: object?.normal).sentences,
            risks: RiskRules(kind, before: before, after: object?.normal).risks
        )
    }

    /// The path of a rule's conditions, exceptions and actions that no definition can say.
    static let otherPartsPath = "otherParts"

    private static func fields(
        _ applied: AppliedConnector,
        _ object: Seen,
        _ accepted: AcceptedValues
    ) -> [DriftItem.Field] {
        var fields: [DriftItem.Field] = []
        func add(_ path: String, _ written: FieldValue?, _ seen: FieldValue) {
            let isAccepted = accepted.acceptance(of: seen, field: path, connector: applied.key) != nil
            fields.append(DriftItem.Field(path: path, applied: written, observed: seen, accepted: isAccepted))
        }
        if !object.connector.displayName.isSameName(as: applied.displayName) {
            add(ThreeWay.namePath, .text(applied.displayName), .text(object.connector.displayName))
        }
        let table = FieldTable.of(applied.key.kind)
        for (number, name) in table.names.enumerated() {
            // What stands there as it was written is the same in normal form too, which costs more to find out.
            guard let written = applied.settings[name], written != object.connector.settings[name] else { continue }
            let seen = object.normal.values[number]
            if table.fields[number].normal(written) != seen { add(name, written, seen) }
        }
        if !object.connector.unmanagedParts.isEmpty {
            add(otherPartsPath, nil, .list(object.connector.unmanagedParts))
        }
        return fields
    }
}
