package import FoundationEssentials
package import Scheduling
package import Transfers

/// Sends a sink's messages, and says what became of each.
package struct NoticeSender: Sendable {
    package enum Outcome: Hashable, Sendable {
        case arrived
        /// It may arrive later. The sentence names neither the address nor a secret.
        case failed(String, wait: TimeInterval?)
        /// The receiver does not want this message, and would not want it again.
        case refused(String)
    }

    private let pool: TransferPool
    private let instance: String

    /// - Parameter instance: What the controller calls itself.
    package init(pool: TransferPool, instance: String) {
        self.pool = pool
        self.instance = instance
    }

    /// Sends as many of the events, from the first on, as the receiver takes in one message.
    ///
    /// - Parameter events: At most `Message.maximumEvents`, and not none.
    /// - Returns: What became of the first `count` events; the others were not sent.
    package func send(_ events: [Event], to sink: Sink) async -> (outcome: Outcome, count: Int) {
        var events = events
        while true {
            let request: HTTPRequest
            do {
                let (message, count) = try message(events, for: sink)
                events.removeLast(events.count - count)
                request = Self.request(message, to: try sink.address())
            } catch {
                return (.failed("What the sink needs cannot be read: \(error)", wait: nil), events.count)
            }
            do {
                let response = try await pool.send(request)
                guard events.count > 1, Self.isTooLarge(response, sink.form) else {
                    return (Self.outcome(of: response, sink.form), events.count)
                }
                events.removeLast(events.count - events.count / 2)
            } catch let error as TransferError {
                return (.failed("\(error)", wait: nil), events.count)
            } catch {
                return (.failed("It was interrupted.", wait: nil), events.count)
            }
        }
    }

    private func message(_ events: [Event], for sink: Sink) throws -> (message: Message, count: Int) {
        switch sink.form {
        case .cloudEvents:
            (try Message.cloudEvents(events, instance: instance, secret: sink.secret?()), events.count)
        case .slack: try Message.fitting(events, Message.slack)
        case .teams: try Message.fitting(events, Message.teams)
        }
    }

    private static func request(_ message: Message, to address: String) -> HTTPRequest {
        var headers = [(name: "Content-Type", value: message.contentType)]
        if let signature = message.signature { headers.append((name: "X-Signature", value: signature)) }
        return HTTPRequest(
            .post,
            address.trimmingSpaces,
            headers: headers,
            body: message.body,
            timeout: .seconds(20),
            connectTimeout: .seconds(10),
            maximumResponseSize: 64 << 10
        )
    }

    /// Whether the receiver might take fewer events.
    ///
    /// A connector of Teams says with 200 that Teams itself answered with 413.
    /// Source: github.com/MicrosoftDocs/msteams-docs/issues/1810.
    private static func isTooLarge(_ response: HTTPResponse, _ form: Sink.Form) -> Bool {
        response.status == 413
            || form == .teams && String(decoding: response.body, as: UTF8.self).contains("HTTP error 413")
    }

    /// Slack answers 200 also where it refused: then the body is not `ok`.
    private static func outcome(of response: HTTPResponse, _ form: Sink.Form) -> Outcome {
        guard !isTooLarge(response, form) else {
            return .refused("The receiver answered that the message is too large, though it is of one event.")
        }
        let wait = response.retryAfter().map { $0 / .seconds(1) }
        switch response.status {
        case 200..<300:
            let isRefused =
                form == .slack && response.body.starts(with: Array("{".utf8))
                && String(decoding: response.body, as: UTF8.self).contains("\"ok\":false")
            return isRefused ? .refused("The chat answered that it did not take the message.") : .arrived
        case 408, 425, 429, 500...:
            return .failed("The receiver answered with status \(response.status).", wait: wait)
        // What a person can put right: a wrong address or one that was given up, a token that ended.
        case 300..<400, 401, 403, 404, 410:
            return .failed("The receiver answered with status \(response.status).", wait: wait)
        default:
            return .refused("The receiver answered with status \(response.status) and does not take this message.")
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        return String(text)
    }
}
