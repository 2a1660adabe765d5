import Connectors
import FoundationEssentials
import JSON

/// A listing of Get-MessageTraceV2 on its way through its pages.
///
/// Source: the graph2otel client, measured on a live tenant in 2026-07: a cut answer has no continuation but a warning,
/// whose words are not to be relied on; to go on takes the last row's time, as the same text, and its recipient.
struct TraceListing {
    private let start: Date
    private let statuses: [String]
    private let pageSize: Int
    /// Where the next page begins.
    private var endText: String
    private var startingRecipient: String?
    private var found: [TracedMessage.Key: Int] = [:]
    private var messages: [TracedMessage] = []
    private var serviceTime: Date?
    private(set) var hasMore = true
    private(set) var requests = 0

    init(start: Date, end: Date, statuses: [String], pageSize: Int) {
        self.start = start
        self.statuses = statuses
        self.pageSize = pageSize
        endText = Self.text(end, .up)
    }

    var list: TraceList {
        TraceList(messages: messages, isComplete: !hasMore, requests: requests, serviceTime: serviceTime)
    }

    var command: Command {
        var parameters: [(String, JSONValue)] = [
            ("StartDate", .string(Self.text(start, .down))), ("EndDate", .string(endText)),
            ("ResultSize", .number("\(pageSize)")),
        ]
        if !statuses.isEmpty { parameters.append(("Status", .array(statuses.map(JSONValue.string)))) }
        if let startingRecipient { parameters.append(("StartingRecipientAddress", .string(startingRecipient))) }
        var command = Command.read(TracePage.cmdlet, parameters)
        command.waitsForQuota = false
        command.maximumAnswer = TracePage.maximumAnswer
        return command
    }

    /// Takes a page; the listing has more where the service warns of anything at all and the page brought anything new.
    mutating func take(_ answer: Answer) throws(ExchangeError) {
        requests += 1
        serviceTime = answer.serviceTime ?? serviceTime
        let page = try TracePage(answer)
        let known = messages.count
        for message in page.messages {
            if let place = found[message.key] {
                messages[place] = message
            } else {
                found[message.key] = messages.count
                messages.append(message)
            }
        }
        let isCut = !answer.warnings.isEmpty || answer.nextLink != nil
        let isNew = messages.count > known
        guard isCut, isNew || page.messages.count >= pageSize else {
            hasMore = false
            return
        }
        guard isNew, page.isNewestFirst, let last = page.messages.last else {
            throw ExchangeError(
                .answerIncomplete,
                "The message trace does not come to its end: it says that there is more, and does not go on.",
                remedy: "No mail is judged meanwhile; it is asked again.",
                cmdlet: TracePage.cmdlet
            )
        }
        endText = last.receivedText
        startingRecipient = last.recipient
    }

    /// RFC 3339 in UTC with seven digits, as the service writes it, to the millisecond.
    ///
    /// - Parameter rule: Down or up; what is a whole millisecond stays one, though a binary fraction is never exact.
    static func text(_ date: Date, _ rule: FloatingPointRoundingRule) -> String {
        let exact = date.timeIntervalSince1970 * 1_000
        let milliseconds = abs(exact - exact.rounded()) < 0.01 ? exact.rounded() : exact.rounded(rule)
        let seconds = (milliseconds / 1_000).rounded(.down)
        let rest = Int(milliseconds - seconds * 1_000)
        let digits = String(rest)
        let fraction = String(repeating: "0", count: 3 - digits.utf8.count) + digits
        return "\(Timestamp.text(Date(timeIntervalSince1970: seconds)).dropLast()).\(fraction)0000Z"
    }
}

/// The rows of one answer of Get-MessageTraceV2.
struct TracePage {
    static let cmdlet = "Get-MessageTraceV2"
    /// Bytes: 5,000 rows, each with a subject of 255 characters that may be written in six bytes each.
    static let maximumAnswer = 12 << 20

    /// In the service's order; rows may repeat.
    let messages: [TracedMessage]

    /// Any row that cannot be understood makes the whole page unknown: a message that is missed is not one that flows.
    init(_ answer: Answer) throws(ExchangeError) {
        var messages: [TracedMessage] = []
        messages.reserveCapacity(answer.rows.count)
        for row in answer.rows { messages.append(try Self.message(RowReader(row, of: Self.cmdlet))) }
        self.messages = messages
    }

    var isNewestFirst: Bool { zip(messages, messages.dropFirst()).allSatisfy { $0.received >= $1.received } }

    private static let names = ["MessageTraceId", "Received", "SenderAddress", "RecipientAddress", "Status"]
    private static let graphNames = ["id", "receivedDateTime", "senderAddress", "recipientAddress", "status"]

    static func message(fromGraph reader: RowReader) throws(ExchangeError) -> TracedMessage {
        try message(reader, graphNames)
    }

    private static func message(_ reader: RowReader, _ names: [String] = names) throws(ExchangeError) -> TracedMessage {
        let time = try short(names[1], 64, reader)
        guard let received = Timestamp.instant(time) else {
            throw malformed(reader, "its member \(names[1]) is not a time")
        }
        return TracedMessage(
            traceId: try short(names[0], 128, reader),
            received: received,
            receivedText: time,
            sender: try short(names[2], 1_024, reader, canBeEmpty: true),
            recipient: try short(names[3], 1_024, reader),
            status: try short(names[4], 128, reader)
        )
    }

    private static func short(
        _ key: String,
        _ bytes: Int,
        _ reader: RowReader,
        canBeEmpty: Bool = false
    ) throws(ExchangeError) -> String {
        let text = reader.row[key]?.text ?? ""
        guard canBeEmpty || !text.isEmpty, text.utf8.count <= bytes else {
            throw malformed(reader, "its member \(key) is missing, is not a text, or is too long")
        }
        return text
    }

    /// Without any of the row's words: they are addresses.
    private static func malformed(_ reader: RowReader, _ what: String) -> ExchangeError {
        ExchangeError(
            .rowMalformed,
            "A row of the message trace cannot be understood: \(what).",
            remedy: "No mail is judged while the trace cannot be read. Please report this.",
            cmdlet: cmdlet
        )
    }
}
