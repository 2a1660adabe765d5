import ExchangeOnline
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ClientAssertionTests {
    @Test func `openssl verifies the signature, and the certificate is found by its SHA-256`() async throws {
        try await withKeyPair { pair in
            let certificate = try SigningCertificate(certificatePEM: pair.certificate, privateKeyPEM: pair.key)
            let assertion = try ClientAssertion(
                clientId: "client",
                audience: "https://login.example/token",
                certificate: certificate,
                now: Date(timeIntervalSince1970: 1_700_000_000)
            )
            let parts = assertion.text.split(separator: ".").map(String.init)
            try #require(parts.count == 3)
            try Data("\(parts[0]).\(parts[1])".utf8).write(to: pair.folder.appending(path: "signed"))
            try bytes(parts[2]).write(to: pair.folder.appending(path: "signature"))
            try pair.openssl("x509 -in certificate.pem -pubkey -noout -out public.pem")
            let answer = try pair.openssl(
                "dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256 "
                    + "-verify public.pem -signature signature signed"
            )
            #expect(answer.contains("Verified OK"))

            let header = try json(parts[0])
            #expect(header["alg"] as? String == "PS256")
            let fingerprint = try pair.openssl("x509 -in certificate.pem -noout -fingerprint -sha256")
            let hexadecimal = fingerprint.split(separator: "=")[1].filter(\.isHexDigit).lowercased()
            let thumbprint = try bytes(#require(header["x5t#S256"] as? String))
            #expect(thumbprint.map { String(format: "%02x", $0) }.joined() == hexadecimal)

            let claims = try json(parts[1])
            #expect(claims["iss"] as? String == "client")
            #expect(claims["sub"] as? String == "client")
            #expect(claims["aud"] as? String == "https://login.example/token")
            #expect(claims["nbf"] as? Int == 1_700_000_000)
            #expect((300...600).contains((claims["exp"] as? Int ?? 0) - 1_700_000_000))
        }
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// What to run in the folder beforehand.
        let preparation: String
        var certificate = "certificate.pem"
        var key = "key.pem"
        /// A word of the message; nothing where the pair is good.
        let problem: String?
    }

    @Test(arguments: [
        Case(
            testDescription: "the old form of an RSA key is read",
            preparation: "rsa -in key.pem -traditional -out old.pem",
            key: "old.pem",
            problem: nil
        ),
        Case(
            testDescription: "a key of another certificate",
            preparation: "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out other.pem",
            key: "other.pem",
            problem: "does not belong"
        ),
        Case(
            testDescription: "an encrypted key",
            preparation: "pkey -in key.pem -aes256 -passout pass:x -out locked.pem",
            key: "locked.pem",
            problem: "encrypted"
        ),
        Case(
            testDescription: "an encrypted key of the old form",
            preparation: "rsa -in key.pem -traditional -aes256 -passout pass:x -out locked.pem",
            key: "locked.pem",
            problem: "encrypted"
        ),
        Case(
            testDescription: "an elliptic key",
            preparation: "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out curve.pem",
            key: "curve.pem",
            problem: "not an RSA key"
        ),
        Case(testDescription: "no certificate", preparation: "version", certificate: "key.pem", problem: "CERTIFICATE"),
        Case(testDescription: "no key", preparation: "version", key: "certificate.pem", problem: "PRIVATE KEY"),
    ])
    func `files are taken or refused in words`(_ example: Case) async throws {
        try await withKeyPair { pair in
            try pair.openssl(example.preparation)
            let (certificate, key) = (try pair.text(example.certificate), try pair.text(example.key))
            guard let problem = example.problem else {
                _ = try SigningCertificate(certificatePEM: certificate, privateKeyPEM: key)
                return
            }
            let error = #expect(throws: ExchangeError.self) {
                try SigningCertificate(certificatePEM: certificate, privateKeyPEM: key)
            }
            #expect(error?.reason == .credentialInvalid)
            #expect(error?.message.contains(problem) == true)
        }
    }

    private func bytes(_ base64URL: String) throws -> Data {
        var text = base64URL.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while text.count % 4 != 0 { text += "=" }
        return try #require(Data(base64Encoded: text))
    }

    private func json(_ base64URL: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: bytes(base64URL)) as? [String: Any])
    }
}
