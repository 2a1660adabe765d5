import FoundationEssentials

extension Lane {
    /// Tells that the organization's `RejectDirectSend` was changed: no connector shows that, and mail depends on it.
    mutating func directSend(_ view: LiveView, at now: Date) -> [EventDraft] {
        guard let rejects = view.rejectsDirectSend else { return [] }
        let before = memory.rejectsDirectSend
        memory.rejectsDirectSend = rejects
        guard let before, before != rejects else { return [] }
        return [
            EventDraft(
                time: now,
                tenant: tenant,
                object: object,
                condition: .directSend,
                reason: rejects ? "Rejected" : "Allowed",
                severity: .warning,
                message: rejects
                    ? """
                    RejectDirectSend was switched on: devices and services that send in the name of this tenant's domains \
                    are refused now, unless an inbound connector matches them.
                    """
                    : """
                    RejectDirectSend was switched off: Exchange takes mail in the name of this tenant's domains from \
                    strangers again. Find out who did it; Mitregate does not set it.
                    """
            )
        ]
    }
}
