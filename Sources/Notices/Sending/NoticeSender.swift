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

    /// - Parameter events: At most `Message.maximumEvents`, and not none.
    package func send(_ events: [Event], to sink: Sink) async -> Outcome {
        let address: String
        let message: Message
        do {
            address = try sink.address()
            message =
                switch sink.form {
                case .cloudEvents: try .cloudEvents(events, instance: instance, secret: sink.secret?())
                case .slack: try .slack(events)
                case .teams: try .teams(events)
                }
        } catch {
            return .failed("What the sink needs cannot be read: \(error)", wait: nil)
        }
        var headers = [(name: "Content-Type", value: message.contentType)]
        if let signature = message.signature { headers.append((name: "X-Signature", value: signature)) }
        let request = HTTPRequest(
            .post,
            address.trimmingSpaces,
            headers: headers,
            body: message.body,
            timeout: .seconds(20),
            connectTimeout: .seconds(10),
            maximumResponseSize: 64 << 10
        )
        do {
            return Self.outcome(of: try await pool.send(request), sink.form)
        } catch let error as TransferError {
            return .failed("\(error)", wait: nil)
        } catch {
            return .failed("It was interrupted.", wait: nil)
        }
    }

    /// Slack answers 200 also where it refused: then the body is not `ok`.
    private static func outcome(of response: HTTPResponse, _ form: Sink.Form) -> Outcome {
        let wait = response.headers["Retry-After"].flatMap { TimeInterval($0) }
        switch response.status {
        case 200..<300:
            let isRefused =
                form == .slack && response.body.starts(with: Array("{".utf8))
                && String(decoding: response.body, as: UTF8.self).contains("\"ok\":false")
            return isRefused ? .refused("The chat answered that it did not take the message.") : .arrived
        case 408, 425, 429, 500...:
            return .failed("The receiver answered with status \(response.status).", wait: wait)
        // What a person can put right: a wrong address, a token that ended.
        case 300..<400, 401, 403, 404:
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
