import Connectors

/// A change on its way into a plan, with what its risks, its place and its guards are found by.
struct PlannedChange {
    var change: Change
    /// `nil` for a create.
    let object: Seen?
    /// `nil` for a delete.
    let after: NormalSettings?
    let way: Matching.Way

    var formerName: ObjectName? { object?.name }

    var name: ObjectName? { after == nil ? nil : ObjectName(change.kind, change.displayName) }

    var isRename: Bool { formerName != nil && name != nil && formerName != name }

    /// Whether mail can no longer be led into the outbound connector by its former name.
    var endsReferences: Bool {
        guard change.kind == .outboundConnector, let object else { return false }
        guard let after else { return true }
        return isRename || (object.normal.isOn("enabled") && !after.isOn("enabled"))
            || (object.normal.isOn("isTransportRuleScoped") && !after.isOn("isTransportRuleScoped"))
    }
}
