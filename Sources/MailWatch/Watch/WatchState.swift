/// Where a watch stands.
package enum WatchState: String, Hashable, Sendable, Codable, CaseIterable {
    /// New settings may not be in use yet; two messages with the cause can decide already.
    case settling
    case watching
    /// The fault is wider than this run: nothing is decided until it is over.
    case suspended
    /// A run that takes the change back was decided on, and its id is stored.
    case takingBack = "taking-back"
    case flows
    case notJudged = "not-judged"
    case regressedTakenBack = "regressed-taken-back"
    case regressedHeld = "regressed-held"
    case superseded
    case endedByPerson = "ended-by-person"

    package var isEnded: Bool {
        switch self {
        case .settling, .watching, .suspended, .takingBack: false
        case .flows, .notJudged, .regressedTakenBack, .regressedHeld, .superseded, .endedByPerson: true
        }
    }

    /// Whether mail is still read for it.
    package var isReading: Bool { !isEnded && self != .takingBack }
}

/// Why a watch is in its state, where the state alone does not say it.
package enum WatchReason: String, Hashable, Sendable, Codable, CaseIterable {
    case tooLittleMail = "too-little-mail"
    case traceUnreadable = "trace-unreadable"
    case tooMuchMail = "too-much-mail"
    case scopeNotTraceable = "scope-not-traceable"
    case baseRate = "base-rate"
    case suspended
    case silent
    /// The service's time was not believed.
    case clockSkewed = "clock-skewed"
    /// It is not known whether the state before would have failed as well.
    case beforeOpen = "before-open"
    /// Going back would weaken security.
    case wouldWeaken = "would-weaken"
    /// The operator's file, or a suspension of the tenant, leaves going back to a person.
    case configured
    /// The object was changed by others since.
    case changedSince = "changed-since"
    case takeBackFailed = "take-back-failed"
    case newerRun = "newer-run"
    /// The tenant's fields are no longer those that the run left.
    case changedByOthers = "changed-by-others"
}
