/// Why a run ended before its last step, or was turned back; stored, so that what hangs on it hangs on no wording.
package enum StopCause: String, Hashable, Sendable, Codable, CaseIterable {
    // It may pass by itself.
    /// The service asked for less load, was down, did not answer, or no token could be had.
    case passing
    /// The application may not do this, or could not sign in.
    case permission
    /// The tenant could not be read in full.
    case unreadable
    /// Another run has the tenant, or took it.
    case leased
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
    // The run was turned back.
    case refused
    case validationFailed = "validation-failed"
    case didNotStick = "did-not-stick"
    case undoneByOthers = "undone-by-others"
    /// A fault of our own.
    case ownFault = "own-fault"
}
