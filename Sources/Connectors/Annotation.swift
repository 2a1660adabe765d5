/// The annotations that a definition may carry.
package enum Annotation {
    /// Accepts, with a reason, a change that weakens security.
    package static let acceptRisk = "mitregate.dev/accept-risk"
    /// `disabled` keeps the connector in the tenant when its file goes.
    package static let prune = "mitregate.dev/prune"
    /// `enabled` lets a definition take over an object of the Hybrid Configuration Wizard, by name.
    package static let adopt = "mitregate.dev/adopt"

    package static let all = [acceptRisk, prune, adopt]
}
