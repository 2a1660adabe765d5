import CryptoExtras
import ForgeSimulator
import Forges
import Foundation

/// A GitHub App with a key that was made for the tests of one run.
enum AppKey {
    static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    static var pem: String { get throws { try key.get().pemRepresentation } }

    static var dialect: GitHubDialect {
        get throws {
            GitHubDialect(
                app: .init(
                    id: "4711",
                    installation: 99,
                    slug: "mitregate",
                    publicKeyPEM: try key.get().publicKey.pemRepresentation
                )
            )
        }
    }

    static func forge() throws -> ForgeUnderTest { ForgeUnderTest(kind: .github, dialect: try dialect) }

    static var credentials: ForgeSettings.Credentials {
        .app(id: "4711", installation: 99, privateKey: { try pem })
    }
}
