import Crypto
import FoundationEssentials
package import Scheduling

/// An event as CloudEvents 1.0 writes it in structured mode.
///
/// Source: CloudEvents 1.0.2, sections 3 (attributes) and, for several in one message, the JSON batch format
/// (json-format.md, section 4).
struct CloudEvent: Encodable {
    let specversion = "1.0"
    let id: String
    let source: String
    let type: String
    let subject: String
    let time: String
    let datacontenttype = "application/json"
    let data: Event

    init(_ event: Event, instance: String) {
        id = event.id
        source = event.tenant.map { "/mitregate/\(instance)/\($0)" } ?? "/mitregate/\(instance)"
        type = "dev.mitregate.\(event.condition.kebabCase).\(event.transition.rawValue)"
        subject = event.tenant.map { "\($0)/\(event.object)" } ?? event.object
        time = event.time.ISO8601Format()
        data = event
    }
}

extension Message {
    /// - Parameter secret: Signs the raw body.
    /// - Parameter instance: What the controller calls itself.
    package static func cloudEvents(_ events: [Event], instance: String, secret: String?) throws -> Message {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let cloudEvents = events.map { CloudEvent($0, instance: instance) }
        let isBatch = events.count != 1
        let body = isBatch ? try encoder.encode(cloudEvents) : try encoder.encode(cloudEvents[0])
        let code = secret.map { HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Data($0.utf8))) }
        return Message(
            contentType: isBatch ? "application/cloudevents-batch+json" : "application/cloudevents+json",
            body: [UInt8](body),
            signature: code.map { code in
                "sha256=" + code.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
            }
        )
    }
}
