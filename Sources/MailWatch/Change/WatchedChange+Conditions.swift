package import Connectors
package import Planning

extension WatchedChange {
    /// The changed fields of the connector, and of the rules that lead to it, as condition F counts them.
    package var changedFields: Set<String> {
        var fields = connector.changedFields
        if connector.isInUse(\.before) != connector.isInUse(\.after) {
            fields = Set(WatchedFields.names(of: connector.key.kind))
        }
        for rule in rules where !rule.changedFields.isEmpty {
            fields.insert(CauseClass.transportRule)
            let demandsTLS = [rule.before, rule.after].contains { $0?["routeMessageOutboundRequireTls"] == true }
            if demandsTLS { fields.insert("tlsSettings") }
        }
        return fields
    }

    /// F(run).
    package var causes: Set<CauseClass> { CauseClass.producible(by: changedFields) }

    /// Condition S: what going back would weaken.
    ///
    /// - Parameter others: The tenant's other outbound connectors as they are.
    package func weakenings(among others: [Settings] = []) -> [Risk] {
        ([connector] + rules).flatMap { object in
            object.before == object.after
                ? [] : Weakening.risks(object.key.kind, from: object.after, to: object.before, among: others)
        }
    }
}

extension WatchedChange.Object {
    /// Whether it does anything in an image.
    func isInUse(_ image: KeyPath<Self, Settings?>) -> Bool { Self.isInUse(self[keyPath: image]) }

    static func isInUse(_ settings: Settings?) -> Bool {
        guard let settings, settings["enabled"] == true, settings["testMode"] != true else { return false }
        return (settings["mode"] ?? "Enforce") == "Enforce"
    }
}
