/// Why a run ended before its last step, or was rolled back; stored, so that nothing depends on a message's wording.
package enum StopCause: String, Hashable, Sendable, Codable, CaseIterable {
    // It may pass by itself.
    /// The answer to a write was lost, or a validation had no result.
    case passing
    /// The service asked for less load.
    case throttled
    /// The service was down, or could not be reached.
    case outage
    /// No token could be had; the application itself was not refused.
    case noToken = "no-token"
    /// The application may not do this, or could not sign in.
    case permission
    /// The tenant could not be read in full.
    case unreadable
    /// Another run has the tenant.
    case leased
    /// Another run took the tenant over from this one.
    case leaseLost = "lease-lost"
    /// The store failed.
    case storeFailed = "store-failed"
    case interrupted
    // It changes when git, the configuration or a person does.
    case definitionsInvalid = "definitions-invalid"
    case sourceUnreadable = "source-unreadable"
    case sourceHeld = "source-held"
    case guarded
    case quarantined
    case frozen
    case stale
    case gateBlocked = "gate-blocked"
    case gateUndecided = "gate-undecided"
    case gateApproval = "gate-approval"
    case configuration
    // The run was rolled back.
    case refused
    case validationFailed = "validation-failed"
    case didNotStick = "did-not-stick"
    case undoneByOthers = "undone-by-others"
    /// Asked again after the write, the gate said worse than before it.
    case gateWorse = "gate-worse"
    /// A fault of our own.
    case ownFault = "own-fault"
}

extension StopCause {
    /// Whether it says that the tenant did not answer, and nothing of git, the store or the gate.
    package var isOfTheTenant: Bool {
        [.passing, .throttled, .outage, .noToken, .permission, .unreadable].contains(self)
    }
}
