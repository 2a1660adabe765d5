import ForgeSimulator
import Forges
import Foundation
import Testing

/// Whole deliveries: real ones of a Gitea, and public samples of the others, where the folder is at hand.
@Suite(.enabled(if: ForgeFacts.areAtHand, "other tests run it on facts restated; FORGE_FACTS names deliveries"))
struct PublishedDeliveryTests {
    struct Published: Decodable {
        struct Sent: Decodable {
            var event: String
            var headers: [[String]]
            var body: String

            var delivery: Delivery {
                Delivery(headers: headers.map { (name: $0[0], value: $0[1]) }, body: Array(body.utf8))
            }
        }

        var secret: String?
        var signingKey: String?
        var user: String?
        var password: String?
        var deliveries: [Sent]

        /// GitLab's samples have both a token and a signature, of which only the signature counts.
        var hookSecret: HookSecret {
            if let user, let password { return .user(user, password: password) }
            return .secret(signingKey ?? secret ?? "")
        }
    }

    private static let kinds: [ForgeSettings.Kind] = [.github, .gitlab, .gitea, .azureDevOps]

    private func published(_ kind: ForgeSettings.Kind) throws -> Published {
        let bytes = try #require(try ForgeFacts.bytes("webhooks/\(kind.rawValue).json"))
        return try JSONDecoder().decode(Published.self, from: Data(bytes))
    }

    @Test(arguments: kinds)
    func `every published delivery verifies and is understood`(kind: ForgeSettings.Kind) throws {
        let published = try published(kind)
        #expect(!published.deliveries.isEmpty)
        var events: Set<Hint.Event> = []
        for sent in published.deliveries {
            let hint = try #require(kind.deliveries.hint(in: sent.delivery, secret: published.hookSecret))
            #expect(hint.repository != nil)
            #expect(hint.delivery != nil)
            #expect((hint.number != nil) == [.request, .review, .comment].contains(hint.event))
            events.insert(hint.event)
        }
        #expect(events.isSuperset(of: [.push, .request]))
    }

    @Test(arguments: kinds)
    func `with one byte changed it is none`(kind: ForgeSettings.Kind) throws {
        let published = try published(kind)
        for sent in published.deliveries {
            let delivery = sent.delivery
            var changed: [Delivery] = []
            if kind != .azureDevOps {
                for index in stride(from: 0, to: delivery.body.count, by: max(1, delivery.body.count / 50)) {
                    var other = delivery
                    other.body[index] ^= 1
                    changed.append(other)
                }
            }
            for (index, header) in delivery.headers.enumerated() where Self.proofs[kind] == header.name {
                var other = delivery
                other.headers[index].value = String(header.value.dropLast()) + (header.value.hasSuffix("=") ? "A" : "g")
                changed.append(other)
            }
            #expect(!changed.isEmpty)
            for other in changed { #expect(kind.deliveries.hint(in: other, secret: published.hookSecret) == nil) }
        }
    }

    private static let proofs: [ForgeSettings.Kind: String] = [
        .github: "X-Hub-Signature-256", .gitea: "X-Gitea-Signature", .gitlab: "webhook-signature",
        .azureDevOps: "Authorization",
    ]
}
