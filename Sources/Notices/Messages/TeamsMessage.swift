import FoundationEssentials
package import Scheduling

/// The body of a Teams workflow webhook: an Adaptive Card with a block for each event.
///
/// Source: adaptivecards.io/explorer (TextBlock, FactSet), version 1.4, which Teams shows.
private struct TeamsBody: Encodable {
    struct Attachment: Encodable {
        let contentType = "application/vnd.microsoft.card.adaptive"
        let content: Card
    }

    struct Card: Encodable {
        let schema = "http://adaptivecards.io/schemas/adaptive-card.json"
        let type = "AdaptiveCard"
        let version = "1.4"
        let body: [Block]
        let msteams = ["width": "Full"]

        private enum CodingKeys: String, CodingKey { case schema = "$schema", type, version, body, msteams }
    }

    struct Block: Encodable {
        let type = "TextBlock"
        let text: String
        let wrap = true
        var weight: String?
        var color: String?
    }

    let type = "message"
    let attachments: [Attachment]
}

extension Message {
    package static func teams(_ events: [Event]) throws -> Message {
        var blocks = [TeamsBody.Block(text: ChatText.summary(events).escapedForTeams, weight: "Bolder")]
        for event in events {
            if events.count > 1 {
                blocks.append(
                    TeamsBody.Block(text: ChatText.title(event).escapedForTeams, weight: "Bolder", color: event.color)
                )
            }
            blocks.append(TeamsBody.Block(text: event.message.shortened(to: 1_000).escapedForTeams))
            if let link = event.link { blocks.append(TeamsBody.Block(text: "[Read more](\(link))")) }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = TeamsBody(attachments: [TeamsBody.Attachment(content: TeamsBody.Card(body: blocks))])
        return Message(contentType: "application/json", body: [UInt8](try encoder.encode(body)))
    }
}

extension Event {
    fileprivate var color: String {
        switch (transition, severity) {
        case (.cleared, _): "Good"
        case (_, .high): "Attention"
        case (_, .warning): "Warning"
        case (_, .info): "Default"
        }
    }
}

extension String {
    /// A TextBlock reads a part of Markdown; each sign that means something there is written as itself, also where a combining one
    /// follows it.
    fileprivate var escapedForTeams: String {
        var text = ""
        for scalar in unicodeScalars {
            if "\\`*_[]()#<>!~|".unicodeScalars.contains(scalar) { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
