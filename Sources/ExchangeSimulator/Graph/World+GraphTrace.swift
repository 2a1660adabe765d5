import FoundationEssentials

/// The message trace through Graph.
///
/// Section 14.3.
extension World {
    mutating func graphTrace(_ steps: [String], _ request: Request, _ token: AccessToken, _ tenant: Tenant) -> Answer {
        guard token.roles.contains("ExchangeMessageTrace.Read.All") else {
            return graphError(403, "Forbidden", "The request is not authorized for this user or application.")
        }
        let settings = tenant.mail?.settings ?? MailSettings()
        guard settings.trace.isInGraph else {
            return graphError(401, "Unauthorized", "Service principal-less authentication failed.")
        }
        guard let index = index(of: tenant.tenantId), request.method == "GET" else {
            return graphError(405, "MethodNotAllowed", "Only GET is supported.")
        }
        do throws(CmdletError) {
            try tenants[index].countCall(steps.isEmpty ? "messageTraces" : "getDetailsByRecipient", now)
        } catch {
            return graphError(429, "TooManyRequests", error.text)
        }
        if steps.isEmpty { return graphList(request, tenant, settings) }
        guard steps.count == 2, let recipient = Self.recipient(steps[1]) else {
            return graphError(404, "NotFound", "Resource not found for the segment.")
        }
        let message = tenant.mail?.messages.last { $0.traceId.isSame(ignoringCase: steps[0]) }
        let delivery = message?.deliveries.first { $0.recipient.isSame(ignoringCase: recipient) }
        guard let message, let delivery else { return graphError(404, "NotFound", "No such message.") }
        let events = TraceEvent.events(of: message, delivery, settings, now: now)
        return .json(200, .object(["value": .array(events.map { .object($0.graphRow(of: message)) })]))
    }

    /// `getDetailsByRecipient(recipientAddress='a@b')`.
    private static func recipient(_ step: String) -> String? {
        let parts = step.split(separator: "'", omittingEmptySubsequences: false)
        guard parts.count >= 3, step.hasPrefix("getDetailsByRecipient(recipientAddress='"), step.hasSuffix("')") else {
            return nil
        }
        return parts.dropFirst().dropLast().joined(separator: "'").replacing("''", with: "'")
    }

    /// Both bounds are needed, a property counts with its last value, pages are by a link.
    private mutating func graphList(_ request: Request, _ tenant: Tenant, _ settings: MailSettings) -> Answer {
        var (start, end, status): (Date?, Date?, String?)
        for clause in (request.query["$filter"] ?? "").split(separator: " and ") {
            let words = clause.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3 else { continue }
            switch (words[0], words[1]) {
            case ("receivedDateTime", "ge"): start = Timestamp.date(words[2])
            case ("receivedDateTime", "le"): end = Timestamp.date(words[2])
            case ("status", "eq"): status = String(words[2].dropFirst().dropLast())
            default: break
            }
        }
        guard let start, let end, start <= end, end.timeIntervalSince(start) <= 10 * 86_400 else {
            return graphError(400, "BadRequest", "receivedDateTime needs both bounds, ten days apart at most.")
        }
        var rows: [TraceRow] = []
        for message in tenant.mail?.messages(in: start...end) ?? [] {
            for place in message.deliveries.indices {
                guard let row = TraceRow(message, place, settings, now: now) else { continue }
                if let status, !row.status.isSame(ignoringCase: status) { continue }
                rows.append(row)
            }
        }
        rows.sort()
        let size = min(max(request.query["$top"].flatMap { Int($0) } ?? 1_000, 1), 5_000)
        let skip = max(request.query["$skiptoken"].flatMap { Int($0) } ?? 0, 0)
        var body = JSONObject([
            "value": .array(rows.dropFirst(skip).prefix(size).map { .object($0.graphRow) })
        ])
        if rows.count > skip + size {
            let base = request.target.split(separator: "&").filter { !$0.hasPrefix("%24skiptoken") }.joined(
                separator: "&"
            )
            body["@odata.nextLink"] = .string("\(request.origin)\(base)&%24skiptoken=\(skip + size)")
        }
        return .json(200, .object(body))
    }
}

extension TraceRow {
    /// Words begin in lower case here.
    var graphRow: JSONObject {
        JSONObject([
            "id": .string(message.traceId), "messageId": .string(message.messageId),
            "receivedDateTime": .string(Timestamp.sevenDigits(message.received) + "Z"),
            "senderAddress": .string(message.sender), "recipientAddress": .string(recipient),
            "fromIP": .string(message.fromIP), "toIP": .string(toIP), "subject": .string(message.subject),
            "status": .string(status.prefix(1).asciiLowercased + status.dropFirst()), "size": .number(message.size),
        ])
    }
}

extension TraceEvent {
    func graphRow(of message: Message) -> JSONObject {
        JSONObject([
            "id": .string(message.traceId), "messageId": .string(message.messageId),
            "dateTime": .string(Timestamp.sevenDigits(at) + "Z"), "event": .string(name), "action": .string(action),
            "description": .string(detail), "data": .string(data),
        ])
    }
}
