import Planning

extension Guard {
    /// What the reader can do about it; `nil` for a guard whose message says so itself, as most do.
    var remedy: String? {
        switch ID(rawValue: id) {
        case .freeze: "Wait for its end, or change freezes for this tenant in the configuration."
        case .changesProposed, .driftProposed: "Look at the plan, then: mitregate apply"
        case .adoptionMissing, .approvalMissing, .changeLimit, .connectorInUse, .deleteLimit, .exchangeWouldRefuse,
            .nameTaken, .quarantinedRevision, .recreated, .ruleHasOtherParts, .ruleTargetUnusable, .sourceEmpty,
            .sourceShrunk, .tenantShrunken, nil:
            nil
        }
    }
}
