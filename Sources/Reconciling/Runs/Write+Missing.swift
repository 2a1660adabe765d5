import Connectors
import Planning

extension Write {
    /// What of this write a reading does not show, in words for people; empty where all of it is there.
    ///
    /// - Parameter guid: The identity that the object got, where the write made it.
    func missing(in observed: ObservedTenant, guid: String?) -> [String] {
        let object = object(in: observed, guid: guid)
        guard let object else { return action == .delete ? [] : ["the object is gone"] }
        guard action != .delete else { return ["the object is there again"] }
        let name = newDisplayName ?? displayName
        var missing =
            object.displayName.lowercased() == name.lowercased()
            ? [] : ["the name is \(object.displayName.escapingControls)"]
        missing += fields(missingIn: object).map { field in
            let value = field.normal(object.settings[field.name] ?? field.defaultValue)
            return "\(field.name) is \(value.description.escapingControls)"
        }
        return missing
    }

    /// Whether nothing is missing but that lists, which the write was to clear, still hold something.
    func leftOnlyLists(in observed: ObservedTenant) -> Bool {
        guard action == .update, let object = object(in: observed, guid: nil) else { return false }
        let fields = fields(missingIn: object)
        return !fields.isEmpty && fields.allSatisfy(clears)
    }

    private func object(in observed: ObservedTenant, guid: String?) -> ObservedConnector? {
        guard let guid = guid ?? self.guid else { return nil }
        return observed.connectors.first { $0.guid == guid }
    }

    /// A rule's place in the order does not count, as it moves with every other rule.
    private func fields(missingIn object: ObservedConnector) -> [Field] {
        kind.fields.filter { field in
            guard field.name != "priority", let wanted = expected[field.name] else { return false }
            return field.normal(object.settings[field.name] ?? field.defaultValue) != field.normal(wanted)
        }
    }

    private func clears(_ field: Field) -> Bool {
        guard case .set = field.type, let value = settings[field.name] else { return false }
        return value.strings.isEmpty
    }
}
