import Planning

extension Guard.ID {
    /// What holds the plan, for the reference.
    var meaning: String {
        switch self {
        case .quarantinedRevision:
            "the commit, or drift that was put back, was rolled back before; `mitregate retry` has it tried again"
        case .sourceEmpty: "the tenant's folder has no definition left"
        case .sourceShrunk: "more definitions are gone at once than `limits.deletes`"
        case .tenantShrunken: "more applied connectors are gone from the tenant at once than `limits.deletes`"
        case .changeLimit: "more changes than `limits.changes`"
        case .deleteLimit: "more deletions than `limits.deletes`"
        case .freeze: "a freeze of the configuration"
        case .approvalMissing: "a `high` risk without `mitregate.dev/accept-risk`"
        case .changesProposed: "`changes: propose`"
        case .driftProposed: "`drift: propose`, and the plan corrects drift"
        case .adoptionMissing:
            "the object is the Hybrid Configuration Wizard's, and the document has no `mitregate.dev/adopt`"
        case .recreated: "an object of that name was deleted and made again by someone else"
        case .nameTaken: "another object has that name"
        case .connectorInUse: "a transport rule leads mail to a connector that would go or be switched off"
        case .ruleTargetUnusable: "a rule leads mail to a connector that is off, or not for rules"
        case .ruleHasOtherParts: "the rule in the tenant has conditions or actions that no definition can say"
        case .exchangeWouldRefuse: "Exchange's own rules would refuse the object as it would become"
        case .notReviewed: "what would be applied was not shown to a reviewer as it is"
        }
    }
}
