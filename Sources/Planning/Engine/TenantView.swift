import Connectors

/// A reading of the tenant, as the engine looks objects up in it.
struct TenantView {
    private let byGUID: [String: ObservedConnector]
    private let byName: [ObjectName: ObservedConnector]

    init(_ observed: ObservedTenant) {
        byGUID = Dictionary(observed.connectors.map { ($0.guid, $0) }) { first, _ in first }
        byName = Dictionary(
            observed.connectors.map { (ObjectName($0.kind, $0.displayName), $0) }
        ) { first, _ in first }
    }

    func object(guid: String?) -> ObservedConnector? { guid.flatMap { byGUID[$0] } }

    func object(_ kind: ConnectorKind, named name: String) -> ObservedConnector? { byName[ObjectName(kind, name)] }

    /// The object that a step is about, as far as it is known which: by identity, or, for a create that did not learn it,
    /// by name.
    func object(of step: Journal.Step) -> ObservedConnector? {
        if let guid = step.guid ?? step.write.guid { return object(guid: guid) }
        return object(step.write.kind, named: step.write.newDisplayName ?? step.write.displayName)
    }
}

extension ObservedConnector {
    /// The fields in which the object is not as these settings say, in the order of the field table.
    ///
    /// - Parameter fields: Which fields count; all that the settings name where `nil`.
    func deviations(from settings: Settings, except ignored: Set<String> = []) -> [String] {
        let table = FieldTable.of(kind)
        return table.fields.indices.compactMap { number in
            let field = table.fields[number]
            guard let wanted = settings[field.name], !ignored.contains(field.name) else { return nil }
            let own = self.settings[field.name].map(field.normal) ?? table.defaults[number]
            return own == field.normal(wanted) ? nil : field.name
        }
    }

    /// The fields in which two states of one object differ.
    ///
    /// - Parameter counted: Fields that count although they also move with other objects, as a rule's place in the order.
    func deviations(from other: ObservedConnector, counting counted: Set<String> = []) -> [String] {
        let table = FieldTable.of(kind)
        let own = NormalSettings(kind, settings)
        let its = NormalSettings(other.kind, other.settings)
        var paths = displayName.isSameName(as: other.displayName) ? [] : [ThreeWay.namePath]
        paths += table.fields.indices.compactMap { number in
            guard own.values[number] != its.values[number] else { return nil }
            let name = table.fields[number].name
            return Self.movingFields.contains(name) && !counted.contains(name) ? nil : name
        }
        if unmanagedParts != other.unmanagedParts { paths.append(DriftComparison.otherPartsPath) }
        return paths
    }

    /// Fields that change when other objects do.
    static let movingFields: Set<String> = ["priority"]

    /// A field's value for people.
    func shown(_ path: String) -> String {
        if path == ThreeWay.namePath { return displayName.escapingControls }
        guard let field = kind.field(path) else { return "other conditions" }
        return field.normal(settings[path] ?? field.defaultValue).description.escapingControls
    }
}

extension Write {
    /// The write, for messages: `create OutboundConnector "Fabrikam"`.
    var label: String {
        let verb = changesSettings ? action.rawValue : "record the validation of"
        return "\(verb) \(kind) \"\(displayName.escapingControls)\""
    }
}
