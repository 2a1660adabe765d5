import Configuration
import Crypto
import Forges
import Foundation
import Site
import Synchronization
import Testing

@testable import Controller

/// Deliveries only make the next look sooner, and only those that are signed do.
@Suite struct HookKeeperTests {
    static let secret = "hook-secret"
    static let path = String(HookSecret.secret(secret).path(source: "mail-flow").dropFirst("/hook/".count))

    @Test func `a signed delivery hints at its request, once`() throws {
        try withHooks { hooks, hints in
            hooks.take(try delivery(id: "1"))
            hooks.take(try delivery(id: "1"))
            #expect(hints.withLock { $0 } == ["mail-flow 7"])
            hooks.take(try delivery(id: "2"))
            #expect(hints.withLock { $0.count } == 2)
        }
    }

    @Test func `a forged, an altered and a strange delivery hint at nothing`() throws {
        try withHooks { hooks, hints in
            hooks.take(try delivery(id: "1", secret: "guessed"))
            hooks.take(try delivery(id: "2", hook: String(repeating: "0", count: 64)))
            hooks.take(try delivery(id: "3", repository: "contoso/other"))
            var altered = try delivery(id: "4")
            altered.body[0] ^= 1
            hooks.take(altered)
            var bare = try delivery(id: "5")
            bare.headers = []
            hooks.take(bare)
            #expect(hints.withLock { $0.isEmpty })
        }
    }

    @Test func `a signed delivery about nothing of ours hints at nothing`() throws {
        try withHooks { hooks, hints in
            func body(_ isRequest: Bool) -> [UInt8] {
                let repository = #""repository": {"full_name": "contoso/mail-flow"}"#
                return Array(#"{"is_pull": \#(isRequest), "issue": {"number": 7}, \#(repository)}"#.utf8)
            }
            hooks.take(try delivery(id: "1", event: "star"))
            hooks.take(try delivery(id: "2", event: "issue_comment", body: body(false)))
            #expect(hints.withLock { $0.isEmpty })
            hooks.take(try delivery(id: "3", event: "issue_comment", body: body(true)))
            #expect(hints.withLock { $0.count } == 1)
        }
    }

    @Test func `bodies of any bytes end nothing`() throws {
        try withHooks { hooks, hints in
            var bytes = try delivery(id: "x").body
            var seed: UInt64 = 7
            for number in 0..<2_000 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(seed >> 33) % bytes.count] = UInt8(truncatingIfNeeded: seed >> 56)
                hooks.take(try delivery(id: "\(number)", body: bytes))
            }
            #expect(hints.withLock { $0.count } <= 2_000)
        }
    }

    @Test func `a secret that cannot be read leaves its hook closed and is told`() throws {
        try withHooks(secretFile: "missing") { hooks, hints in
            hooks.take(try delivery(id: "1"))
            #expect(hints.withLock { $0.isEmpty })
        }
    }

    private func withHooks(
        secretFile: String = "secret",
        _ body: (HookKeeper, borrowing Mutex<[String]>) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hooks-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(Self.secret.utf8).write(to: folder.appending(path: "secret"))
        let text = """
            apiVersion: mitregate.dev/v1
            kind: Configuration
            sources:
              - name: mail-flow
                url: /srv/mail-flow
                forge: {kind: gitea, url: "http://127.0.0.1:1/api/v1", repository: contoso/mail-flow,
                        credentials: {token: {env: T}}, webhook: {secret: {file: "\(folder.path)/\(secretFile)"}}}
                tenants:
                  - {name: contoso, path: a, tenantId: 11111111-2222-3333-4444-555555555555, organization: a.onmicrosoft.com,
                     credentials: {clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: {env: S}}}
            """
        let hints = Hints()
        let hooks = HookKeeper(now: { Date() }) { source, hint in hints.add("\(source) \(hint.number ?? 0)") }
        let troubles = hooks.adopt(
            try ConfigurationReader.read(
                Array(text.utf8),
                file: "mitregate.yaml",
                folder: "/",
                environment: ["T": "t", "S": "s"]
            )
        )
        #expect(troubles.isEmpty == (secretFile == "secret"))
        try body(hooks, hints.value)
    }

    private final class Hints: Sendable {
        let value = Mutex<[String]>([])

        func add(_ text: String) { value.withLock { $0.append(text) } }
    }

    private func delivery(
        id: String,
        hook: String = path,
        secret: String = secret,
        repository: String = "contoso/mail-flow",
        event: String = "pull_request",
        body: [UInt8]? = nil
    ) throws -> HookDelivery {
        let bytes = body ?? Array(#"{"number": 7, "repository": {"full_name": "\#(repository)"}}"#.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: Array(secret.utf8)))
        let hex = code.map { String(format: "%02x", $0) }.joined()
        return HookDelivery(
            hook: hook,
            headers: [
                ("X-Gitea-Event", event), ("X-Gitea-Delivery", id), ("X-Gitea-Signature", hex),
            ],
            body: bytes
        )
    }
}
