import ForgeSimulator
import Forges
import Fuzzing
import Testing

@Suite struct DeliveryTests {
    @Test(arguments: DeliveryCase.all)
    func `a delivery with the right proof hints at what it is about`(example: DeliveryCase) {
        #expect(example.hint(in: example.delivery) == example.hint)
    }

    @Test(arguments: DeliveryCase.all.filter { $0.kind != .azureDevOps })
    func `a body with one byte changed is no delivery`(example: DeliveryCase) {
        for index in example.delivery.body.indices {
            var delivery = example.delivery
            delivery.body[index] ^= 1
            #expect(example.hint(in: delivery) == nil)
        }
    }

    @Test(arguments: DeliveryCase.all)
    func `a proof with one character changed is none`(example: DeliveryCase) throws {
        let delivery = example.delivery
        let place = try #require(delivery.headers.firstIndex { Self.proofs[example.kind] == $0.name })
        let proof = delivery.headers[place].value
        for index in proof.indices {
            var changed = delivery
            let other: Character = proof[index] == "0" ? "1" : "0"
            changed.headers[place].value.replaceSubrange(index...index, with: String(other))
            #expect(example.hint(in: changed) == nil)
        }
        for part in [String(proof.dropLast()), proof + "0", ""] {
            var changed = delivery
            changed.headers[place].value = part
            #expect(example.hint(in: changed) == nil)
        }
        var without = delivery
        without.headers.remove(at: place)
        #expect(example.hint(in: without) == nil)
    }

    @Test(arguments: DeliveryCase.all)
    func `another secret proves nothing, nor does an empty one`(example: DeliveryCase) {
        for secret: HookSecret in [.secret("another"), .secret(""), .user("mitregate", password: "another")] {
            #expect(example.kind.deliveries.hint(in: example.delivery, secret: secret) == nil)
        }
    }

    @Test(arguments: ForgeSettings.Kind.allCases)
    func `an empty secret is none, though the sender has it too`(kind: ForgeSettings.Kind) {
        let senders: [ForgeSettings.Kind: DeliverySender] = [
            .github: .github(secret: ""), .gitea: .gitea(secret: ""), .forgejo: .forgejo(secret: ""),
            .gitlab: .gitlab(token: ""), .azureDevOps: .azureDevOps(user: "", password: ""),
        ]
        let body = Array("{}".utf8)
        let headers = senders[kind]?.headers(event: "push", id: "1", body: body) ?? []
        let secret: HookSecret = kind == .azureDevOps ? .user("", password: "") : .secret("")
        #expect(kind.deliveries.hint(in: Delivery(headers: headers, body: body), secret: secret) == nil)
    }

    @Test func `the source says which forge it is, not the headers`() {
        let body = Array(#"{"repository":{"full_name":"contoso/mail-flow"}}"#.utf8)
        let headers = DeliverySender.github(secret: "s").headers(event: "push", id: "1", body: body)
        let delivery = Delivery(headers: headers, body: body)
        #expect(ForgeSettings.Kind.github.deliveries.hint(in: delivery, secret: .secret("s")) != nil)
        #expect(ForgeSettings.Kind.gitea.deliveries.hint(in: delivery, secret: .secret("s")) == nil)
        #expect(ForgeSettings.Kind.forgejo.deliveries.hint(in: delivery, secret: .secret("s")) == nil)
    }

    @Test func `header names compare without regard to case`() {
        let body = Array("{}".utf8)
        let headers = DeliverySender.github(secret: "s").headers(event: "ping", id: "1", body: body)
            .map { (name: $0.name.lowercased(), value: $0.value) }
        let hint = hint(.github, headers, body)
        #expect(hint == Hint(event: .ping, delivery: "1"))
    }

    @Test(arguments: ["", "{", "[]", "null", "\u{0}", #"{"number":"#, String(repeating: "[", count: 100_000)])
    func `a body that is no object still tells its event`(text: String) {
        let body = Array(text.utf8)
        let headers = DeliverySender.github(secret: "s").headers(event: "pull_request", id: "1", body: body)
        let hint = hint(.github, headers, body)
        #expect(hint == Hint(event: .request, delivery: "1"))
    }

    @Test(arguments: [
        #"{"number":"7","repository":{"full_name":7}}"#, #"{"number":-7,"repository":"contoso/mail-flow"}"#,
        #"{"number":0,"repository":null}"#, #"{"number":7.5,"repository":[]}"#,
        #"{"number":99999999999999999999,"repository":{"full_name":""}}"#, #"{"pull_request":7,"repository":{}}"#,
        #"{"number":1e999,"repository":{"full_name":"a\nb"}}"#,
    ])
    func `a member of another type is as good as missing`(text: String) {
        let body = Array(text.utf8)
        let headers = DeliverySender.gitea(secret: "s").headers(event: "pull_request", id: "1", body: body)
        let hint = hint(.gitea, headers, body)
        #expect(hint == Hint(event: .request, delivery: "1"))
    }

    @Test(arguments: [(1 << 20, true), ((1 << 20) + 1, false)])
    func `a body over 1 MiB is not looked at`(size: Int, isRead: Bool) {
        let start = Array(#"{"repository":{"full_name":"contoso/mail-flow"}"#.utf8)
        let body = start + [UInt8](repeating: 0x20, count: size - start.count - 1) + Array("}".utf8)
        for example in [DeliveryCase.github[0], .gitea[0], .forgejo[0], .gitlab[0], .azureDevOps[0]] {
            let headers = example.sender.headers(event: "push", id: "1", body: body)
            #expect((example.hint(in: Delivery(headers: headers, body: body)) != nil) == isRead)
        }
    }

    @Test(arguments: [
        ("1024 characters", String(repeating: "a", count: 1_024), true),
        ("1025 characters", String(repeating: "a", count: 1_025), false),
    ])
    func `a name longer than any is as good as missing`(_: String, name: String, isRead: Bool) {
        let body = Array(#"{"repository":{"full_name":"\#(name)"}}"#.utf8)
        let headers = DeliverySender.gitea(secret: "s").headers(event: "push", id: "1", body: body)
        let hint = hint(.gitea, headers, body)
        #expect(hint?.repository == (isRead ? name : nil))
    }

    @Test(arguments: ["", "a b", "é", String(repeating: "a", count: 201)])
    func `an id that is none is as good as missing`(id: String) {
        let body = Array("{}".utf8)
        let headers = DeliverySender.gitea(secret: "s").headers(event: "push", id: id, body: body)
        let hint = hint(.gitea, headers, body)
        #expect(hint == Hint(event: .push))
    }

    @Test func `ten thousand damaged bodies come back, signed or not`() throws {
        let target = try #require(FuzzTarget.all.first { $0.name == "delivery" })
        var mutations = Mutations(seed: 11, of: DeliveryCase.all.map { Array($0.body.utf8) })
        for _ in 0..<10_000 { target.run(mutations.input()) }
    }

    private func hint(
        _ kind: ForgeSettings.Kind,
        _ headers: [(name: String, value: String)],
        _ body: [UInt8]
    ) -> Hint? {
        kind.deliveries.hint(in: Delivery(headers: headers, body: body), secret: .secret("s"))
    }

    private static let proofs: [ForgeSettings.Kind: String] = [
        .github: "X-Hub-Signature-256", .gitea: "X-Gitea-Signature", .forgejo: "X-Forgejo-Signature",
        .gitlab: "webhook-signature", .azureDevOps: "Authorization",
    ]
}
