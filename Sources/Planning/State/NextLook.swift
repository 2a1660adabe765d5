package import FoundationEssentials

/// When a run that has ended is worth beginning again.
package enum NextLook: Hashable, Sendable, Codable {
    /// At the interval, or when something changes.
    case onChange
    /// Not before this instant.
    case at(Date)
    /// After a failure, with back-off.
    case afterBackoff
    /// When git, an approval or a request changes what stopped it.
    case afterPerson
}

extension StopCause {
    /// When to look again after an ending of this cause.
    ///
    /// - Parameter until: When the service, a freeze or the gate said that it is worth it.
    package func nextLook(until: Date? = nil) -> NextLook {
        if let until { return .at(until) }
        return switch self {
        case .passing, .throttled, .outage, .noToken, .permission, .unreadable, .leased, .leaseLost, .storeFailed,
            .sourceUnreadable, .ownFault, .interrupted,
            .gateUndecided:
            .afterBackoff
        case .frozen, .stale: .onChange
        case .definitionsInvalid, .sourceHeld, .guarded, .quarantined, .gateBlocked, .gateApproval, .configuration,
            .refused, .validationFailed, .didNotStick, .undoneByOthers, .gateWorse:
            .afterPerson
        }
    }
}
