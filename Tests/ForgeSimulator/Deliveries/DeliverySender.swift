import Crypto
import Foundation

/// How a forge proves that a delivery is its own, written from what the forges say and not from what `Forges` reads.
package enum DeliverySender: Sendable {
    case github(secret: String)
    case gitea(secret: String)
    case forgejo(secret: String)
    case gitlab(token: String)
    /// The key as GitLab shows it: `whsec_` and base64.
    case gitlabSigned(key: String)
    case azureDevOps(user: String, password: String)

    /// The headers of a delivery, with those by which other forges would be told as well, as the real ones send them.
    package func headers(event: String, id: String, body: [UInt8]) -> [(name: String, value: String)] {
        [("Content-Type", "application/json")] + proof(event: event, id: id, body: body)
    }

    private func proof(event: String, id: String, body: [UInt8]) -> [(name: String, value: String)] {
        switch self {
        case .github(let secret):
            return github(event: event, id: id, code: Self.hex(Self.code(body, secret)))
        case .gitea(let secret):
            let code = Self.hex(Self.code(body, secret))
            return github(event: event, id: id, code: code) + named("X-Gitea", event: event, id: id, code: code)
        case .forgejo(let secret):
            let code = Self.hex(Self.code(body, secret))
            return github(event: event, id: id, code: code) + named("X-Gitea", event: event, id: id, code: code)
                + named("X-Forgejo", event: event, id: id, code: code)
        case .gitlab(let token):
            return gitlab(event: event, id: id) + [("X-Gitlab-Token", token)]
        case .gitlabSigned(let key):
            let message = Array("\(id).1764374400.".utf8) + body
            let bytes = Data(base64Encoded: String(key.dropFirst(6))) ?? Data()
            let code = Data(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: bytes)))
            return gitlab(event: event, id: id) + [
                ("webhook-id", id), ("webhook-timestamp", "1764374400"),
                ("webhook-signature", "v1,\(code.base64EncodedString())"),
            ]
        case .azureDevOps(let user, let password):
            return [("Authorization", "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())")]
        }
    }

    private func github(event: String, id: String, code: String) -> [(name: String, value: String)] {
        [("X-GitHub-Event", event), ("X-GitHub-Delivery", id), ("X-Hub-Signature-256", "sha256=\(code)")]
    }

    private func named(
        _ prefix: String,
        event: String,
        id: String,
        code: String
    ) -> [(name: String, value: String)] {
        [("\(prefix)-Event", event), ("\(prefix)-Delivery", id), ("\(prefix)-Signature", code)]
    }

    private func gitlab(event: String, id: String) -> [(name: String, value: String)] {
        [("X-Gitlab-Event", event), ("X-Gitlab-Event-UUID", "of-the-event"), ("Idempotency-Key", id)]
    }

    private static func code(_ body: [UInt8], _ secret: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Array(secret.utf8))))
    }

    private static func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
}
