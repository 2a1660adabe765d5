import Connectors
package import FoundationEssentials
import JSON

extension TenantReader {
    /// The most rows of one answer, and the longest span of one query.
    ///
    /// Source: learn.microsoft.com/powershell/module/exchangepowershell/get-messagetracev2.
    private static let tracePage = 5_000
    private static let longestTrace: TimeInterval = 10 * 86_400

    /// What became of the messages that Exchange Online took in a span of time, newest first.
    ///
    /// Messages appear 5 to 30 minutes late, and so do changes of their status. A refusal of load (`throttled`) is not
    /// waited out here: a hundred requests in five minutes are the tenant's for all of its tools.
    ///
    /// Where the admin API does not let us read the trace, Graph is asked, which needs a permission of its own.
    ///
    /// A listing that is cut off has no link to its rest, only a warning. It goes on from its last row, which comes again.
    ///
    /// - Parameters:
    ///   - start: At most 90 days back, and ten before `end`.
    ///   - end: Both ends are included.
    ///   - statuses: The service's words; none for all.
    ///   - maximumPages: Requests at most; at least 1.
    ///   - pageSize: Rows of one answer, 1 to 5,000.
    ///   - deadline: For all of it, by a real clock.
    package func messageTrace(
        from start: Date,
        to end: Date,
        statuses: [String] = [],
        maximumPages: Int,
        pageSize: Int = 5_000,
        deadline: Duration = TenantReader.deadline
    ) async -> Reading<TraceList> {
        guard start <= end, end.timeIntervalSince(start) <= Self.longestTrace else {
            return .unknown(
                ExchangeError(
                    .valueInvalid,
                    "A message trace spans ten days at most.",
                    remedy: "Ask for shorter spans, one after the other.",
                    cmdlet: TracePage.cmdlet
                )
            )
        }
        let size = min(max(pageSize, 1), Self.tracePage)
        return await within(deadline) {
            do throws(ExchangeError) {
                var listing = TraceListing(start: start, end: end, statuses: statuses, pageSize: size)
                repeat {
                    let answer = try await connection.invoke(listing.command).get()
                    try listing.take(answer)
                } while listing.hasMore && listing.requests < maximumPages
                return .known(listing.list)
            } catch {
                guard error.reason == .permissionMissing else { return .unknown(error) }
                return await second(error) { () throws(ExchangeError) in
                    try await graphTrace(
                        from: start,
                        to: end,
                        statuses: statuses,
                        maximumPages: maximumPages,
                        pageSize: size
                    )
                }
            }
        }
    }

    /// Far more than the tries of one day.
    private static let maximumEvents = 1_000
    private static let longestDetail = 16 << 10
    private static let longestData = 64 << 10

    /// What happened to one message on its way to one recipient; no event is an answer too.
    ///
    /// A refusal of load is not waited out here. The quota is that of `messageTrace`, counted on its own.
    ///
    /// - Parameters:
    ///   - start: Before the message was received, and at most ten days before `end`; without both the service looks back
    ///     48 hours only, so both are always sent.
    package func traceEvents(
        of traceId: String,
        to recipient: String,
        from start: Date,
        until end: Date,
        deadline: Duration = TenantReader.deadline
    ) async -> Reading<TraceEvents> {
        var command = Command.read(
            "Get-MessageTraceDetailV2",
            [
                ("MessageTraceId", .string(traceId)), ("RecipientAddress", .string(recipient)),
                ("StartDate", .string(TraceListing.text(start, .down))),
                ("EndDate", .string(TraceListing.text(end, .up))),
            ]
        )
        command.waitsForQuota = false
        let question = command
        return await within(deadline) {
            do throws(ExchangeError) {
                let answer = try await connection.invoke(question).get()
                let events = try Self.events(answer.rows, of: question.cmdlet, names: Self.eventNames)
                return .known(TraceEvents(events: events, serviceTime: answer.serviceTime))
            } catch {
                guard error.reason == .permissionMissing else { return .unknown(error) }
                return await second(error) { () throws(ExchangeError) in
                    try await graphEvents(of: traceId, to: recipient)
                }
            }
        }
    }

    /// Asks Graph where the admin API does not let us; its refusal says nothing more, so the first error stands.
    private func second<Value>(
        _ first: ExchangeError,
        _ ask: () async throws(ExchangeError) -> Value
    ) async -> Reading<Value> {
        do throws(ExchangeError) {
            return .known(try await ask())
        } catch {
            let isOurs = [.permissionMissing, .tokenRejected, .tokenRefused, .objectNotFound].contains(error.reason)
            return .unknown(isOurs ? first : error)
        }
    }

    /// The members of a row: when, what, by which action, why, and more of it.
    private static let eventNames = ["Date", "Event", "Action", "Detail", "Data"]

    static func events(
        _ rows: [JSONValue],
        of source: String,
        names: [String]
    ) throws(ExchangeError) -> [TracedEvent] {
        guard rows.count <= maximumEvents else {
            throw ExchangeError(
                .answerIncomplete,
                "A message has more events than a day of tries makes.",
                remedy: "Why it was not delivered is not known.",
                cmdlet: source
            )
        }
        var events: [TracedEvent] = []
        for row in rows { events.append(try event(RowReader(row, of: source), names)) }
        return events.sorted { $0.date < $1.date }
    }

    private static func event(_ reader: RowReader, _ names: [String]) throws(ExchangeError) -> TracedEvent {
        guard let date = reader.moment(names[0]), let event = try reader.text(names[1]) else {
            throw reader.problem("it does not say what happened, or when")
        }
        return TracedEvent(
            date: date,
            event: event.prefix(bytes: 128),
            action: try reader.text(names[2])?.prefix(bytes: 256) ?? "",
            detail: try reader.text(names[3])?.prefix(bytes: longestDetail) ?? "",
            data: try reader.text(names[4])?.prefix(bytes: longestData) ?? ""
        )
    }
}

extension String {
    /// As many whole characters as fit.
    fileprivate func prefix(bytes count: Int) -> String {
        guard utf8.count > count else { return self }
        var end = utf8.index(startIndex, offsetBy: count)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
