package import FoundationEssentials

/// One event of a message for one recipient, as `Get-MessageTraceDetailV2` tells it.
///
/// It cannot be encoded: its texts may hold addresses.
package struct TraceDetail: Hashable, Sendable {
    /// Events of one second come in any order.
    package var date: Date
    /// `Defer`, `Fail`, `Send external`, …, in any letter case.
    package var event: String
    package var action: String
    /// The service's text: for a DEFER or FAIL, why.
    package var detail: String
    /// XML text with the event's members; empty where there is none.
    package var data: String

    package init(date: Date, event: String, action: String = "", detail: String, data: String = "") {
        self.date = date
        self.event = event
        self.action = action
        self.detail = detail
        self.data = data
    }
}
