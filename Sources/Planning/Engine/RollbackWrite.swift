import Connectors

/// Requests that bring an object back to a before-image.
enum RollbackWrite {
    /// Gives these fields, and all that the step wrote, their former values, with the companions that Exchange wants.
    static func update(
        of object: ObservedConnector,
        to before: ObservedConnector,
        _ write: Write,
        fields: [String]
    ) -> Write {
        let kind = before.kind
        let touched = Set(fields).union(write.settings.keys).intersection(kind.fields.map(\.name))
        let settings = self.settings(of: before, touched)
        return Write(
            action: .update,
            kind: kind,
            name: write.name,
            displayName: object.displayName,
            newDisplayName: object.displayName.isSameName(as: before.displayName) ? nil : before.displayName,
            guid: object.guid,
            settings: settings,
            expected: settings.filter { !ObservedConnector.movingFields.contains($0.key) }
        )
    }

    /// Creates a deleted object again, with all that New- takes; the rest follows by an update.
    static func creation(of before: ObservedConnector, name: String) -> Write {
        let normal = NormalSettings(before.kind, before.settings)
        let table = FieldTable.of(before.kind)
        var settings: Settings = [:]
        for (number, field) in table.fields.enumerated() where field.isSettableOnCreate {
            let isOrdinary = normal.values[number] == table.defaults[number] && !spelledOut.contains(field.name)
            guard !isOrdinary, !normal.values[number].isNothing else { continue }
            settings[field.name] = before.settings[field.name] ?? field.defaultValue
        }
        return Write(
            action: .create,
            kind: before.kind,
            name: name,
            displayName: before.displayName,
            settings: settings,
            expected: settings.filter { !ObservedConnector.movingFields.contains($0.key) }
        )
    }

    /// Fields that are sent even at their defaults, on which sources disagree (reference 3.1) or a reader relies.
    private static let spelledOut: Set<String> = ["enabled", "connectorType", "requireTls", "useMXRecord"]

    /// The fields' values in an image, with the companions' where they have one.
    private static func settings(of image: ObservedConnector, _ names: Set<String>) -> Settings {
        let normal = NormalSettings(image.kind, image.settings)
        let mates = Set(image.kind.companions.filter { !$0.isDisjoint(with: names) }.flatMap { $0 }).subtracting(names)
        var settings: Settings = [:]
        for name in names {
            guard let field = image.kind.field(name) else { continue }
            if normal[name].isNothing {
                if case .integer = field.type { continue }
                settings[name] = field.nothing
            } else {
                settings[name] = image.settings[name] ?? field.defaultValue
            }
        }
        for name in mates where !normal[name].isNothing { settings[name] = image.settings[name] }
        return settings
    }
}
