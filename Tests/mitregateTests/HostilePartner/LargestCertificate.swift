import Foundation
import NIOSSL
import Synchronization
import TestSupport

/// A certificate that is almost as large as one may be, nearly all of it names, and that is never the same twice.
final class LargestCertificate: Sendable {
    /// The name whose letters are changed from copy to copy.
    private static let mark = "zzzzzzzz"
    /// As many as are read of a chain.
    private static let chainLength = 16

    private let der: [UInt8]
    private let place: Int
    private let key: NIOSSLPrivateKey
    private let copies = Mutex(0)

    private init(der: [UInt8], key: NIOSSLPrivateKey) throws {
        guard let found = der.firstRange(of: Array(Self.mark.utf8)) else { throw LabError("the mark is not found") }
        self.der = der
        self.key = key
        place = found.lowerBound
    }

    static func make() async throws -> LargestCertificate {
        try await withTemporaryFolder { folder in
            let names = (1...20_900).map { "DNS.\($0) = a" }.joined(separator: "\n")
            let settings = """
                [req]
                distinguished_name = subject
                x509_extensions = extensions
                prompt = no
                [subject]
                CN = mx.hostile.example
                [extensions]
                subjectAltName = @names
                [names]
                DNS.0 = \(mark)
                \(names)

                """
            try Data(settings.utf8).write(to: folder.appending(path: "settings"))
            try await run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                    "-config", "settings", "-keyout", "key.pem", "-outform", "der", "-out", "certificate.der",
                ],
                in: folder
            )
            let der = [UInt8](try Data(contentsOf: folder.appending(path: "certificate.der")))
            guard (60_000...65_536).contains(der.count) else { throw LabError("it has \(der.count) bytes") }
            let key = try NIOSSLPrivateKey(file: folder.appending(path: "key.pem").path, format: .pem)
            return try LargestCertificate(der: der, key: key)
        }
    }

    /// What a server shows on one connection: a chain that no other connection was shown.
    ///
    /// The signatures are wrong, which is found out only once the chain has been read.
    func context() throws -> NIOSSLContext {
        let chain = try (0..<Self.chainLength).map { _ in
            NIOSSLCertificateSource.certificate(try NIOSSLCertificate(bytes: copy(), format: .der))
        }
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        )
    }

    private func copy() -> [UInt8] {
        let number = copies.withLock { copies in
            copies += 1
            return copies
        }
        var copy = der
        let digits = String(format: "%08d", number)
        copy.replaceSubrange(place..<place + Self.mark.utf8.count, with: digits.utf8)
        return copy
    }
}
