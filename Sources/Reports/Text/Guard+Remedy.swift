import Planning

extension Guard {
    /// What the reader can do about it; `nil` for a guard whose message says so itself, as most do.
    var remedy: String? {
        switch ID(rawValue: id) {
        case .freeze: "Wait for its end, or change freezes for this tenant in the configuration."
        case .changesProposed, .driftProposed:
            "Review the plan, then apply it yourself: mitregate apply on a terminal, or mitregate plan --out FILE and "
                + "mitregate apply FILE. With --auto-approve no one reviews it, so it stays held."
        case .adoptionMissing, .approvalMissing, .changeLimit, .connectorInUse, .deleteLimit, .exchangeWouldRefuse,
            .nameTaken, .notReviewed, .quarantinedRevision, .recreated, .ruleHasOtherParts, .ruleTargetUnusable,
            .sourceEmpty,
            .sourceShrunk, .tenantShrunken, nil:
            nil
        }
    }
}
