import Connectors
import FoundationEssentials

/// The same trace through Graph, where the admin API does not let us read it; it needs a permission of its own.
///
/// Source: learn.microsoft.com/graph/api/exchangemessagetrace-list, and the MessageTraceReport project, which measured a
/// live tenant in 2026-10: both bounds are required, a filter keeps one value of a property, pages are stable.
extension TenantReader {
    private static let tracePath = "/v1.0/admin/exchange/tracing/messageTraces"
    static let graphTrace = "messageTraces"

    func graphTrace(
        from start: Date,
        to end: Date,
        statuses: [String],
        maximumPages: Int,
        pageSize: Int
    ) async throws(ExchangeError) -> TraceList {
        var list = TraceList(messages: [], isComplete: true, requests: 0, serviceTime: nil)
        var found: [TracedMessage.Key: Int] = [:]
        for status in statuses.isEmpty ? [nil] : statuses.map(Optional.some) {
            var filter =
                "receivedDateTime ge \(TraceListing.text(start, .down)) and receivedDateTime le "
                + TraceListing.text(end, .up)
            if let status { filter += " and status eq '\(Self.word(status))'" }
            var target: String? = "\(Self.tracePath)?$filter=\(FormFields.encoded(filter))&$top=\(pageSize)"
            while let next = target {
                guard list.requests < max(maximumPages, 1) else {
                    list.isComplete = false
                    break
                }
                let page = try await connection.graph(next, what: Self.graphTrace)
                list.requests += 1
                list.serviceTime = page.serviceTime ?? list.serviceTime
                for row in page.rows {
                    let message = try TracePage.message(fromGraph: RowReader(row, of: Self.graphTrace))
                    if let place = found[message.key] {
                        list.messages[place] = message
                    } else {
                        found[message.key] = list.messages.count
                        list.messages.append(message)
                    }
                }
                target = page.rows.isEmpty ? nil : page.nextLink
            }
        }
        list.messages.sort { $0.received > $1.received }
        return list
    }

    /// Graph's own words begin in lower case.
    private static func word(_ status: String) -> String {
        let letters = status.filter { $0.isASCII && $0.isLetter }
        return letters.prefix(1).lowercased() + letters.dropFirst()
    }

    func graphEvents(of traceId: String, to recipient: String) async throws(ExchangeError) -> TraceEvents {
        let address = FormFields.encoded(
            recipient.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        )
        let target =
            "\(Self.tracePath)/\(FormFields.encoded(traceId))/getDetailsByRecipient(recipientAddress='\(address)')"
        let page = try await connection.graph(target, what: Self.graphTrace)
        return TraceEvents(
            events: try Self.events(
                page.rows,
                of: Self.graphTrace,
                names: ["dateTime", "event", "action", "description", "data"]
            ),
            serviceTime: page.serviceTime
        )
    }
}
