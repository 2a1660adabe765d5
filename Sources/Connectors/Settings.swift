/// Field values by field name (`recipientDomains`); a name that is absent has no value, which is not the same as `none`.
package typealias Settings = [String: FieldValue]

extension [String: FieldValue] {
    /// Exchange's defaults for a kind, with these values laid over them.
    package func overDefaults(of kind: ConnectorKind) -> Settings {
        var result = Self.defaults[kind] ?? [:]
        for (name, value) in self { result[name] = value }
        return result
    }

    private static let defaults: [ConnectorKind: Settings] = {
        var all: [ConnectorKind: Settings] = [:]
        for kind in ConnectorKind.allCases {
            var settings: Settings = [:]
            for field in kind.fields { settings[field.name] = field.defaultValue }
            all[kind] = settings
        }
        return all
    }()

    /// The names in the order of the bytes, so that two runs list them alike.
    package var orderedNames: [String] { keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    func flag(_ name: String) -> Bool { self[name] == .boolean(true) }
    func words(_ name: String) -> [String] { self[name]?.strings ?? [] }

    func word(_ name: String) -> String? {
        guard case .text(let text)? = self[name], !text.isEmpty else { return nil }
        return text
    }
}
