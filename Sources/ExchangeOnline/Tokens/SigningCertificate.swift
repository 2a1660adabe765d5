import Crypto
import CryptoExtras
package import FoundationEssentials
import JSON

/// A certificate with its RSA key, read from PEM, that signs for an application.
package struct SigningCertificate: Sendable {
    /// SHA-256 of the certificate's DER: the `x5t#S256` by which Entra finds it on the application.
    package let thumbprint: [UInt8]
    /// The end of its validity; nothing where the certificate does not say it in the usual form.
    package let notAfter: Date?
    private let key: _RSA.Signing.PrivateKey

    /// - Throws: `credential-invalid`; the message never quotes the files.
    package init(certificatePEM: String, privateKeyPEM: String) throws(ExchangeError) {
        guard let certificate = Self.blocks(of: certificatePEM).first(where: { $0.label == "CERTIFICATE" }) else {
            throw Self.problem("The certificate file holds no PEM block CERTIFICATE.", "Export the certificate as PEM.")
        }
        key = try Self.key(privateKeyPEM)
        guard Self.contains(certificate.der, Array(key.publicKey.pkcs1DERRepresentation)) else {
            throw Self.problem(
                "The private key does not belong to the certificate.",
                "Give the key that the certificate was made with; if several were made, the newest pair."
            )
        }
        notAfter = CertificateValidity.end(of: certificate.der)
        thumbprint = Array(SHA256.hash(data: certificate.der))
    }

    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes: `PS256` (RFC 7518 3.5).
    package func signature(of message: [UInt8]) throws(ExchangeError) -> [UInt8] {
        do {
            return Array(try key.signature(for: SHA256.hash(data: message), padding: .PSS).rawRepresentation)
        } catch {
            throw Self.problem("The private key cannot sign.", "Use an RSA key of 2048 bits or more.")
        }
    }

    private static func key(_ pem: String) throws(ExchangeError) -> _RSA.Signing.PrivateKey {
        let blocks = blocks(of: pem)
        guard let block = blocks.first(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
            throw problem("The key file holds no PEM block PRIVATE KEY.", "Export the private key as PEM (PKCS#8).")
        }
        guard block.label != "ENCRYPTED PRIVATE KEY", !block.isEncrypted else {
            throw problem(
                "The private key is encrypted with a passphrase.",
                "Decrypt it (openssl pkey -in key.pem -out plain.pem) and protect the file by its mode."
            )
        }
        guard block.label != "EC PRIVATE KEY", let key = try? _RSA.Signing.PrivateKey(derRepresentation: block.der)
        else {
            throw problem(
                "The private key is not an RSA key of at least 2048 bits.",
                "Microsoft Entra takes RSA certificates for applications; make one and upload its certificate."
            )
        }
        return key
    }

    private struct Block {
        var label: String
        var der: [UInt8]
        /// The old form of encryption, announced by `Proc-Type: 4,ENCRYPTED`.
        var isEncrypted: Bool
    }

    /// The PEM blocks of a text (RFC 7468), whatever stands between them.
    private static func blocks(of text: String) -> [Block] {
        var blocks: [Block] = []
        var label: String?
        var base64 = ""
        var isEncrypted = false
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop(while: \.isWhitespace)
            if line.hasPrefix("-----BEGIN ") {
                label = line.dropFirst(11).range(upTo: "-----")
                base64 = ""
                isEncrypted = false
            } else if line.hasPrefix("-----END "), let ended = label {
                if let der = Base64URL.bytes(base64) {
                    blocks.append(Block(label: ended, der: der, isEncrypted: isEncrypted))
                }
                label = nil
            } else if line.contains(":") {
                isEncrypted = isEncrypted || line.hasPrefix("Proc-Type")
            } else if label != nil {
                base64 += line.filter { !$0.isWhitespace }
            }
        }
        return blocks
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard part.count <= bytes.count else { return false }
        return (0...(bytes.count - part.count)).contains { bytes[$0...].starts(with: part) }
    }

    private static func problem(_ message: String, _ remedy: String) -> ExchangeError {
        ExchangeError(.credentialInvalid, message, remedy: remedy)
    }
}

extension Substring {
    fileprivate func range(upTo mark: String) -> String {
        let text = String(self)
        guard let range = text.range(of: mark) else { return text }
        return String(text[..<range.lowerBound])
    }
}
