import FoundationEssentials

/// The message trace. Sections 14.1 and 14.2.
extension Tenant {
    private static let traceParameters = [
        "StartDate", "EndDate", "ResultSize", "RecipientAddress", "SenderAddress", "Status", "MessageId",
        "MessageTraceId", "FromIP", "ToIP", "Subject", "SubjectFilterType", "StartingRecipientAddress",
    ]

    /// Get-MessageTraceV2: newest first, cut without a link, with rows that come twice.
    mutating func getMessageTrace(
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        try countCall("Get-MessageTraceV2", context.now)
        let bound = try BoundParameters(parameters, properties: [], others: Self.traceParameters)
        let span = try Self.span(bound, now: context.now, longest: 10)
        let size = bound.others["ResultSize"]?.int ?? 1_000
        guard (1...5_000).contains(size) else {
            throw .validation("The ResultSize parameter must be a value between 1 and 5000.")
        }
        guard let mail else { return CmdletResult() }
        var rows: [TraceRow] = []
        for message in mail.messages(in: span) {
            for (place, delivery) in message.deliveries.enumerated() {
                guard let row = TraceRow(message, place, mail.settings, now: context.now) else { continue }
                guard Self.matches(row, delivery, bound) else { continue }
                rows.append(row)
            }
        }
        rows.sort()
        if let start = bound.others["StartingRecipientAddress"]?.string?.asciiLowercased {
            rows.removeAll { $0.message.received == span.upperBound && $0.recipient < start }
        }
        var doubled: [TraceRow] = []
        for row in rows {
            doubled.append(row)
            if row.isRepeated { doubled.append(row) }
            if doubled.count > size { break }
        }
        var result = CmdletResult(rows: doubled.prefix(size).map(\.json))
        if doubled.count > size {
            result.warnings = [
                "There are more results, use the following command to get more. Get-MessageTraceV2 "
                    + "-StartingRecipientAddress ... -EndDate ... -ResultSize \(size)"
            ]
        }
        return result
    }

    private static func matches(_ row: TraceRow, _ delivery: Delivery, _ bound: BoundParameters) -> Bool {
        let isIn = { (text: String, name: String) in
            guard let wanted = bound.others[name]?.strings, !wanted.isEmpty else { return true }
            return wanted.contains { $0.isSame(ignoringCase: text) }
        }
        return isIn(delivery.recipient, "RecipientAddress") && isIn(row.message.sender, "SenderAddress")
            && isIn(row.status, "Status") && isIn(row.message.messageId, "MessageId")
            && isIn(row.message.traceId, "MessageTraceId") && isIn(row.toIP, "ToIP")
            && isIn(row.message.fromIP, "FromIP")
    }

    /// Both or neither; neither is the last 48 hours, and nothing is kept for more than 90 days.
    ///
    /// The texts are ours.
    private static func span(
        _ bound: BoundParameters,
        now: Date,
        longest days: Double
    ) throws(CmdletError) -> ClosedRange<Date> {
        let (start, end) = (bound.others["StartDate"], bound.others["EndDate"])
        if start == nil, end == nil { return now.addingTimeInterval(-172_800)...now }
        guard let first = start?.string.flatMap(Timestamp.date), let last = end?.string.flatMap(Timestamp.date) else {
            throw .validation("StartDate and EndDate are given together, as times.")
        }
        guard first <= last else { throw .validation("StartDate must not be after EndDate.") }
        guard last.timeIntervalSince(first) <= days * 86_400 else {
            throw .validation("The time range must not be longer than \(Int(days)) days.")
        }
        guard first >= now.addingTimeInterval(-90 * 86_400 - 60) else {
            throw .validation("StartDate must be within the last 90 days.")
        }
        return first...last
    }

    /// 100 calls of a cmdlet in five running minutes, whoever makes them.
    mutating func countCall(_ cmdlet: String, _ now: Date) throws(CmdletError) {
        guard let flow = mail else { return }
        let recent = (flow.calls[cmdlet] ?? []).filter { $0 > now.addingTimeInterval(-300) }
        guard recent.count < flow.settings.trace.quota else {
            mail?.calls[cmdlet] = recent
            throw .quotaSpent
        }
        mail?.calls[cmdlet] = recent + [now]
    }

    // MARK: Details

    /// Get-MessageTraceDetailV2.
    ///
    /// Section 14.2: without dates only the last 48 hours are looked through, also for a known id.
    mutating func getMessageTraceDetail(
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        try countCall("Get-MessageTraceDetailV2", context.now)
        let names = [
            "MessageTraceId", "RecipientAddress", "StartDate", "EndDate", "Event", "Action", "MessageId",
            "SenderAddress",
        ]
        let bound = try BoundParameters(parameters, properties: [], others: names)
        guard let id = bound.others["MessageTraceId"]?.string, let recipient = bound.others["RecipientAddress"]?.string
        else {
            throw .missingParameters(["MessageTraceId", "RecipientAddress"].filter { bound.others[$0] == nil })
        }
        let span = try Self.span(bound, now: context.now, longest: 10)
        guard let mail, let message = mail.message(id, in: span) else { return CmdletResult() }
        let wanted = bound.others["Event"]?.strings ?? []
        var events: [TraceEvent] = []
        for delivery in message.deliveries where delivery.recipient.isSame(ignoringCase: recipient) {
            events = TraceEvent.events(of: message, delivery, mail.settings, now: context.now)
        }
        if !wanted.isEmpty { events.removeAll { event in !wanted.contains { event.name.isSame(ignoringCase: $0) } } }
        // Events of one second come unordered.
        events.shuffle(using: &context.random)
        events.sort { Timestamp.seconds($0.at) < Timestamp.seconds($1.at) }
        return CmdletResult(rows: events.map { $0.row(of: message) })
    }
}
