import Crypto
import CryptoExtras
import FoundationEssentials
import JSON

/// The JSON Web Token by which a GitHub App proves that it has its key.
///
/// Source: docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app: RS256, at most ten minutes long;
/// it is dated a minute back, as GitHub refuses one that its own clock has not reached.
struct AppToken {
    let text: String

    /// - Throws: `unauthorized`; the message never quotes the key.
    init(id: String, privateKey: () throws -> String, now: Date) throws(ForgeError) {
        let key = try Self.key(privateKey)
        let seconds = Int(now.timeIntervalSince1970)
        let header: JSONValue = ["alg": "RS256", "typ": "JWT"]
        let claims: JSONValue = [
            "iat": .number("\(seconds - 60)"), "exp": .number("\(seconds + 480)"), "iss": .string(id),
        ]
        let message = Base64URL.text(header.bytes) + "." + Base64URL.text(claims.bytes)
        do {
            let digest = SHA256.hash(data: Array(message.utf8))
            let signature = try key.signature(for: digest, padding: .insecurePKCS1v1_5)
            text = message + "." + Base64URL.text(signature.rawRepresentation)
        } catch {
            throw ForgeError.credentials("GitHub", "the App's private key cannot sign")
        }
    }

    private static func key(_ privateKey: () throws -> String) throws(ForgeError) -> _RSA.Signing.PrivateKey {
        let pem: String
        do {
            pem = try privateKey()
        } catch {
            throw ForgeError.credentials("GitHub", "the App's private key cannot be read")
        }
        do {
            return try _RSA.Signing.PrivateKey(pemRepresentation: pem)
        } catch {
            throw ForgeError.credentials("GitHub", "the App's private key is not an RSA key in PEM")
        }
    }
}
