import ForgeSimulator
import Forges
import Testing

@Suite struct GitLabDeliveryTests {
    private static let key = DeliveryCase.signingKey
    private let body = Array(#"{"object_kind":"push","project":{"path_with_namespace":"contoso/mail-flow"}}"#.utf8)

    private func hint(_ headers: [(name: String, value: String)], _ secret: String) -> Hint? {
        ForgeSettings.Kind.gitlab.deliveries.hint(in: Delivery(headers: headers, body: body), secret: .secret(secret))
    }

    @Test func `a token is the secret itself`() {
        let headers = DeliverySender.gitlab(token: "s").headers(event: "Push Hook", id: "1", body: body)
        #expect(hint(headers, "s") == Hint(event: .push, repository: "contoso/mail-flow", delivery: "1"))
        #expect(hint(headers, "t") == nil)
    }

    @Test func `a wrong signature is not saved by a right token`() {
        let signed = DeliverySender.gitlabSigned(key: Self.key).headers(event: "Push Hook", id: "1", body: body)
        let both = signed + [("X-Gitlab-Token", Self.key)]
        #expect(hint(both, Self.key) != nil)
        let forged = both.map { ($0.name, $0.name == "webhook-signature" ? "v1,\($0.value.dropFirst(4))" : $0.value) }
        #expect(hint(forged, Self.key) == nil)
        let unknown = both.map { ($0.name, $0.name == "webhook-signature" ? "v2,abc" : $0.value) }
        #expect(hint(unknown, Self.key) == nil)
    }

    @Test(arguments: ["webhook-id", "webhook-timestamp"])
    func `what is signed with the body is needed as well`(name: String) {
        let signed = DeliverySender.gitlabSigned(key: Self.key).headers(event: "Push Hook", id: "1", body: body)
        #expect(hint(signed.filter { $0.name != name }, Self.key) == nil)
        #expect(hint(signed.map { ($0.name, $0.name == name ? "2" : $0.value) }, Self.key) == nil)
    }

    @Test func `while a key is changed either signature will do`() throws {
        let signed = DeliverySender.gitlabSigned(key: Self.key).headers(event: "Push Hook", id: "1", body: body)
        let signature = try #require(signed.last?.value)
        let other = "v1,\(String(repeating: "A", count: 43))="
        let two = signed.dropLast() + [("webhook-signature", "\(other) \(signature)")]
        #expect(hint(Array(two), Self.key) != nil)
        let many = String(repeating: "\(other) ", count: 8) + signature
        #expect(hint(signed.dropLast() + [("webhook-signature", many)], Self.key) == nil)
    }

    @Test(arguments: ["whsec_", "whsec_???", "secret"])
    func `a secret that is no key verifies no signature`(secret: String) {
        let signed = DeliverySender.gitlabSigned(key: secret).headers(event: "Push Hook", id: "1", body: body)
        #expect(hint(signed, secret) == nil)
    }
}
