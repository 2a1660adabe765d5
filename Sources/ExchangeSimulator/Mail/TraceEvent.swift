import FoundationEssentials

/// One event of a message's way to a recipient.
///
/// Section 14.4. Of the row's members Date, Event, Action, Detail and Data are known, the rest is inferred.
struct TraceEvent: Sendable {
    let at: Date
    let name: String
    let action: String
    let detail: String
    let data: String

    /// Those that the trace tells of by now, in their order.
    static func events(of message: Message, _ delivery: Delivery, _ settings: MailSettings, now: Date) -> [TraceEvent] {
        let told = now.addingTimeInterval(-Double(delivery.lag))
        guard message.received <= told else { return [] }
        var random = Random(Chance.mixed(message.chance, 0xE7E7, 1))
        let isUpper =
            switch settings.trace.words {
            case .documented: true
            case .lower: false
            case .mixed: random.once(in: 2)
            }
        let names = isUpper ? upper : words
        let namesConnector = Chance.share(random.next()) < settings.trace.namesConnector
        var events = [
            TraceEvent(
                at: message.received,
                name: names[0],
                action: "",
                detail: "Message received by: DB9PR01MB0001 using TLS1.2 with AES256",
                data: arrival(message)
            )
        ]
        for (number, attempt) in delivery.attempts.enumerated() where attempt.at <= told {
            let connector = namesConnector ? attempt.connector : nil
            let form = random.pick(Failure.Form.allCases)
            let data = Self.data(connector, isRemote: attempt.failure?.isRemote ?? false)
            let detail = attempt.failure?.detail(form, at: attempt.at, id: message.traceId)
            let name: String
            let text: String
            switch attempt.result {
            case .delivered(let toIP):
                name = toIP.isEmpty ? names[4] : names[1]
                text =
                    toIP.isEmpty
                    ? "The message was successfully delivered to the folder: DefaultFolderType:Inbox"
                    : "Message transferred to: \(toIP) using TLS1.2 with AES256"
            case .deferred: (name, text) = (names[2], detail ?? "")
            case .failed: (name, text) = (names[3], detail ?? "")
            }
            // In a time stamp of whole seconds, as far as the order of a second's events goes.
            let at = attempt.at.addingTimeInterval(Double(number) / 1_000)
            events.append(TraceEvent(at: at, name: name, action: "", detail: text, data: data))
        }
        return events
    }

    private static let upper = ["RECEIVE", "SEND", "DEFER", "FAIL", "DELIVER"]
    private static let words = ["Receive", "Send external", "Defer", "Fail", "Deliver"]

    func row(of message: Message) -> JSONObject {
        JSONObject([
            "MessageTraceId": .string(message.traceId), "MessageId": .string(message.messageId),
            "Date@data.type": .string("System.DateTime"), "Date": .string(Timestamp.sevenDigits(at) + "Z"),
            "Event": .string(name), "Action": .string(action), "Detail": .string(detail), "Data": .string(data),
        ])
    }

    private static func arrival(_ message: Message) -> String {
        let connector = message.inboundConnector
        let id = connector.map { "contoso\\\($0)" } ?? "DB9PR01MB0001\\Default DB9PR01MB0001"
        let custom = connector.map { "S:InboundConnectorData=Name=\($0);" } ?? ""
        return root([
            ("ConnectorId", "String", id),
            ("CustomData", "Blob", "\(custom)S:tlsversion=SP_PROT_TLS1_2_SERVER;S:tlscipher=TLS_ECDHE_RSA"),
        ])
    }

    private static func data(_ connector: String?, isRemote: Bool) -> String {
        var parts: [(String, String, String)] = []
        if isRemote { parts.append(("IsSmtpResponseFromExternalServer", "String", "True")) }
        var custom = "S:RequiredTlsAuthLevel=Opportunistic"
        if let connector {
            custom = "S:Microsoft.Exchange.Hygiene.TenantOutboundConnectorCustomData=Name=\(connector);\(custom)"
        }
        parts.append(("CustomData", "Blob", custom))
        return root(parts)
    }

    private static func root(_ parts: [(name: String, kind: String, value: String)]) -> String {
        "<root>" + parts.map { "<MEP Name=\"\($0.name)\" \($0.kind)=\"\(escaped($0.value))\" />" }.joined() + "</root>"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}
