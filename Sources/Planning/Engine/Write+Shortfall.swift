import Connectors
import FoundationEssentials

extension Write {
    /// What of an object is not as the write was to make it; `nil` where all of it is.
    func shortfall(in object: ObservedConnector?) -> String? {
        if let validatedAt, let object { return shortfall(in: object, validatedAt) }
        switch (action, object) {
        case (.delete, nil): return nil
        case (.delete, .some): return "the object is still there"
        case (_, nil): return "the object is not there"
        case (_, let object?):
            return told(object, nameVerb: "is still", missing(in: object))
        }
    }

    private func shortfall(in object: ObservedConnector, _ validatedAt: Date) -> String? {
        guard let state = object.validated else {
            return "IsValidated and LastValidationTimestamp are in a form that cannot be read"
        }
        guard state.isValidated else { return "IsValidated is false" }
        if state.says(validatedAt: validatedAt) { return nil }
        return "LastValidationTimestamp is \(state.at.map(Timestamp.text) ?? "empty")"
    }

    /// What of a write that was confirmed no longer holds; `nil` where all of it does.
    ///
    /// A rule's place in the order does not count, as it moves with every other rule.
    func loss(in object: ObservedConnector?) -> String? {
        switch (action, object) {
        case (.delete, nil): return nil
        case (.delete, .some): return "the object is there again"
        case (_, nil): return "the object is gone"
        case (_, let object?):
            return told(object, nameVerb: "is", missing(in: object, except: ObservedConnector.movingFields))
        }
    }

    /// Whether nothing is missing but that lists, which the write was to clear, still hold something: then the service may
    /// want empty lists in the other form.
    func leftOnlyLists(in object: ObservedConnector?) -> Bool {
        guard action == .update, let object else { return false }
        let paths = missing(in: object, except: ObservedConnector.movingFields)
        return !paths.isEmpty && paths.allSatisfy(clears)
    }

    private func clears(_ path: String) -> Bool {
        guard case .set? = kind.field(path)?.type, let value = settings[path] else { return false }
        return value.strings.isEmpty
    }

    private func missing(in object: ObservedConnector, except ignored: Set<String> = []) -> [String] {
        let name = object.displayName.isSameName(as: newDisplayName ?? displayName) ? [] : [ThreeWay.namePath]
        return name + object.deviations(from: expected, except: ignored)
    }

    private func told(_ object: ObservedConnector, nameVerb: String, _ paths: [String]) -> String? {
        let parts = paths.map { path in
            path == ThreeWay.namePath
                ? "the name \(nameVerb) \(object.shown(path))" : "\(path) is \(object.shown(path))"
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
