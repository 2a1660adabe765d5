import FoundationEssentials
package import Scheduling

/// The body of a Slack incoming webhook: one attachment an event.
///
/// Source: api.slack.com/reference/messaging/attachments; the three characters that Slack's text needs escaped are
/// those of api.slack.com/reference/surfaces/formatting#escaping.
private struct SlackBody: Encodable {
    struct Attachment: Encodable {
        let color: String
        let title: String
        let text: String
        let title_link: String?
        let ts: Int
        /// Without it Slack would read `*` and `_` in a stranger's text as marks.
        let mrkdwn_in: [String] = []
    }

    let text: String
    let attachments: [Attachment]
}

extension Message {
    package static func slack(_ events: [Event]) throws -> Message {
        let body = SlackBody(
            text: ChatText.summary(events).escapedForSlack,
            attachments: events.map { event in
                SlackBody.Attachment(
                    color: event.color,
                    title: ChatText.title(event).escapedForSlack,
                    text: event.message.shortened(to: 2_000).escapedForSlack,
                    title_link: event.link,
                    ts: Int(event.time.timeIntervalSince1970)
                )
            }
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Message(contentType: "application/json", body: [UInt8](try encoder.encode(body)))
    }
}

extension Event {
    fileprivate var color: String {
        switch (transition, severity) {
        case (.cleared, _): "good"
        case (_, .high): "danger"
        case (_, .warning): "warning"
        case (_, .info): "#808080"
        }
    }
}

extension String {
    /// Nothing in it is a link, a mention or a channel to Slack any more; a mark with a combining one behind it is still the mark.
    fileprivate var escapedForSlack: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            // Old clients turn a bare @here or #channel into a mention; a zero-width space after the sign stops that.
            case "@", "#": text += "\(scalar)\u{200B}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
