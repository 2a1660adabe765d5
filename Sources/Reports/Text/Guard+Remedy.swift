import Planning

extension Guard {
    /// What the reader can do about it; `nil` for a guard whose message says it itself.
    var remedy: String? {
        switch ID(rawValue: id) {
        case .quarantinedRevision: "Commit a correction, or try it once more: mitregate retry"
        case .sourceEmpty, .sourceShrunk:
            "Look at the last commits: was that meant? If so, take the connectors away in smaller steps, or raise "
                + "limits.deletes for this tenant."
        case .changeLimit: "Divide the change, or raise limits.changes for this tenant."
        case .deleteLimit: "Take fewer away at once, or raise limits.deletes for this tenant."
        case .freeze: "Wait for its end, or change freezes for this tenant."
        case .approvalMissing:
            "Add to the definition, and have it reviewed: annotations: {mitregate.dev/accept-risk: \"reason\"}"
        case .changesProposed, .driftProposed: "Look at the plan, then: mitregate apply"
        case .adoptionMissing:
            "If the definition is to take the object over: annotations: {mitregate.dev/adopt: enabled}"
        case .recreated, .nameTaken, .connectorInUse, .ruleHasOtherParts, .exchangeWouldRefuse, nil: nil
        }
    }
}
