import Scheduling

/// What a chat shows of an event: what and where, then the sentence, then where to read more.
enum ChatText {
    static func title(_ event: Event) -> String {
        let place = event.tenant.map { "\($0) · \(event.object)" } ?? event.object
        let sign =
            switch (event.transition, event.severity) {
            case (.cleared, _): "✓"
            case (_, .high): "‼"
            case (_, .warning): "!"
            case (_, .info): "·"
            }
        let word =
            switch event.transition {
            case .raised: ""
            case .cleared: " (over)"
            case .reminder: " (still so)"
            }
        return "\(sign) \(place): \(event.reason)\(word)".shortened(to: 200)
    }

    /// The first line of a message with several events.
    static func summary(_ events: [Event]) -> String {
        let highest = events.map(\.severity).max() ?? .info
        return events.count == 1 ? title(events[0]) : "\(events.count) events, the gravest \(highest.rawValue)"
    }
}

extension String {
    /// At most so many scalars, with a sign where something was cut: a character may have any number of them.
    func shortened(to limit: Int) -> String {
        guard unicodeScalars.count > limit else { return self }
        return String(unicodeScalars.prefix(limit - 1)) + "…"
    }
}
