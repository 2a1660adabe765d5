import FoundationEssentials

/// What the trace tells of one message and recipient by now.
///
/// Sections 14.1 and 14.2.
struct TraceRow: Comparable {
    let message: Message
    let recipient: String
    let status: String
    let toIP: String
    /// Whether the row comes twice in an answer.
    let isRepeated: Bool

    /// Nothing until the row's lag has passed.
    init?(_ message: Message, _ place: Int, _ settings: MailSettings, now: Date) {
        let delivery = message.deliveries[place]
        let told = now.addingTimeInterval(-Double(delivery.lag))
        guard message.received <= told else { return nil }
        self.message = message
        recipient = delivery.recipient.asciiLowercased
        var random = Random(Chance.mixed(message.chance, UInt64(place), 0x70))
        isRepeated = Chance.share(random.next()) < settings.trace.repeats
        let odd = Chance.share(random.next()) < settings.trace.oddWords
        var word = "Pending"
        var address = ""
        switch delivery.attempts.last(where: { $0.at <= told })?.result {
        case .delivered(let toIP)?:
            (word, address) = (odd ? random.pick(["Resolved", "HandedOver"]) : "Delivered", toIP)
        case .failed?: word = "Failed"
        case .deferred?: break
        case nil: word = "GettingStatus"
        }
        toIP = address
        let isLower =
            switch settings.trace.words {
            case .documented: false
            case .lower: true
            case .mixed: random.once(in: 2)
            }
        status = isLower ? word.prefix(1).asciiLowercased + word.dropFirst() : word
    }

    /// Newest first; of one time by recipient.
    static func < (one: TraceRow, other: TraceRow) -> Bool {
        if one.message.received != other.message.received { return one.message.received > other.message.received }
        return (one.recipient, one.message.traceId) < (other.recipient, other.message.traceId)
    }

    static func == (one: TraceRow, other: TraceRow) -> Bool {
        one.message.traceId == other.message.traceId && one.recipient == other.recipient
    }

    var json: JSONObject {
        JSONObject([
            "MessageTraceId": .string(message.traceId), "MessageId": .string(message.messageId),
            "Received@data.type": .string("System.DateTime"),
            "Received": .string(Timestamp.sevenDigits(message.received) + "Z"),
            "SenderAddress": .string(message.sender), "RecipientAddress": .string(recipient),
            "FromIP": .string(message.fromIP), "ToIP": .string(toIP), "Subject": .string(message.subject),
            "Status": .string(status), "Size@data.type": .string("System.Int32"), "Size": .number(message.size),
        ])
    }
}
