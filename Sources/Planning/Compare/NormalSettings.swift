import Connectors

/// One object's fields in normal form, every field of its kind present: what is compared, judged and sealed.
///
/// A field that a row did not carry counts as Exchange's default here, the best guess of what the service does.
struct NormalSettings: Sendable {
    let kind: ConnectorKind
    /// In the order of the kind's field table.
    private(set) var values: [FieldValue]
    /// The name of the connector that a rule leads to, as it is written.
    private(set) var route: String?

    init(_ kind: ConnectorKind, _ settings: Settings) {
        self.kind = kind
        let table = FieldTable.of(kind)
        values = table.defaults
        for (number, name) in table.names.enumerated() {
            if let value = settings[name] { values[number] = table.fields[number].normal(value) }
        }
        noteRoute(in: settings)
    }

    /// The fields with these values laid over them.
    func laying(_ settings: Settings) -> NormalSettings {
        var result = self
        let table = FieldTable.of(kind)
        for (name, value) in settings {
            if let number = table.number(of: name) { result.values[number] = table.fields[number].normal(value) }
        }
        result.noteRoute(in: settings)
        return result
    }

    private mutating func noteRoute(in settings: Settings) {
        guard let value = settings["routeMessageOutboundConnector"] else { return }
        route = value.strings.first?.trimmingSpaces()
    }

    subscript(_ name: String) -> FieldValue {
        FieldTable.of(kind).number(of: name).map { values[$0] } ?? .none
    }

    /// The name of the connector that a rule leads to, for people.
    var routeName: String? { word("routeMessageOutboundConnector") == nil ? nil : route }

    func isOn(_ name: String) -> Bool { self[name] == .boolean(true) }
    func words(_ name: String) -> [String] { self[name].strings }

    func word(_ name: String) -> String? {
        guard case .text(let text) = self[name], !text.isEmpty else { return nil }
        return text
    }
}

/// An object of the tenant, and its fields in normal form.
struct Seen: Sendable {
    let connector: ObservedConnector
    let normal: NormalSettings

    init(_ connector: ObservedConnector) {
        self.connector = connector
        normal = NormalSettings(connector.kind, connector.settings)
    }

    /// Kind and name as Exchange tells objects apart: without regard to case.
    var name: ObjectName { ObjectName(connector.kind, connector.displayName) }
}

/// A kind and a name in Exchange, which ignores the letter case of names.
struct ObjectName: Hashable, Sendable {
    let kind: ConnectorKind
    let name: String

    init(_ kind: ConnectorKind, _ name: String) {
        self.kind = kind
        self.name = name.lowercased()
    }
}

extension String {
    /// Whether two names mean one object to Exchange.
    func isSameName(as other: String) -> Bool { self == other || lowercased() == other.lowercased() }
}
