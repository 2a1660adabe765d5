import FoundationEssentials

/// Why a message was not delivered, as far as its events tell it, with nothing in it that is private.
package struct FailureCause: Hashable, Sendable, Codable {
    package var cause: CauseClass
    /// Basic and enhanced code, such as `450 4.4.317`; empty where the text has none.
    package var code: String
    package var host: PartnerHost?

    /// Reads the newest DEFER or FAIL event whose text has a class; a final FAIL may only say that the message expired.
    package init(_ details: [TraceDetail]) {
        var best: (date: Date, text: FailureText)?
        var newest: (date: Date, text: FailureText)?
        for detail in details.prefix(500) where Self.isFailure(detail.event) {
            let text = FailureText(detail.detail, TraceData(detail.data))
            if newest.map({ $0.date < detail.date }) ?? true { newest = (detail.date, text) }
            guard text.cause != .other else { continue }
            let isLater = best.map { $0.date < detail.date || $0.date == detail.date && text.isBefore($0.text) } ?? true
            if isLater { best = (detail.date, text) }
        }
        let text = best?.text ?? newest?.text
        cause = text?.cause ?? .other
        code = [text?.basicCode, text?.code].compactMap { $0 }.joined(separator: " ")
        host = text?.host
    }

    private static func isFailure(_ event: String) -> Bool {
        let event = event.lowercased()
        return event.hasPrefix("defer") || event.hasPrefix("fail")
    }

    /// The outbound connector that the message took, by the newest event that tells it.
    package static func connector(in details: [TraceDetail]) -> String? {
        details.prefix(500).sorted { $0.date > $1.date }.lazy.compactMap { TraceData($0.data).outboundConnector }.first
    }
}

extension FailureText {
    /// An order among events of one second, which come in any order.
    fileprivate func isBefore(_ other: FailureText) -> Bool {
        let classes = CauseClass.allCases
        return (classes.firstIndex(of: cause) ?? 0) < (classes.firstIndex(of: other.cause) ?? 0)
    }
}
