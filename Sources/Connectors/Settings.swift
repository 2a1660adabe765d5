/// Field values by field name (`recipientDomains`); a name that is absent has no value, which is not the same as `none`.
package typealias Settings = [String: FieldValue]

extension [String: FieldValue] {
    /// Exchange's defaults for a kind, with these values laid over them.
    package func overDefaults(of kind: ConnectorKind) -> Settings {
        var result: Settings = [:]
        for field in kind.fields { result[field.name] = field.defaultValue }
        return result.merging(self) { _, own in own }
    }

    /// The names in the order of the bytes, so that two runs list them alike.
    package var orderedNames: [String] { keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    func flag(_ name: String) -> Bool { self[name] == .boolean(true) }
    func words(_ name: String) -> [String] { self[name]?.strings ?? [] }

    func word(_ name: String) -> String? {
        guard case .text(let text)? = self[name], !text.isEmpty else { return nil }
        return text
    }
}
