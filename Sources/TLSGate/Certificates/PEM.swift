import FoundationEssentials
import Glibc

/// Why bytes that should be certificates are not.
package struct CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String
    package let remedy: String
    package var description: String { "\(reason). \(remedy)" }
}

/// Certificates in PEM: text around the blocks is passed over, as files of roots have it.
package enum PEM {
    /// The most that is read: a bundle of all public roots is a quarter of a megabyte.
    package static let maximumSize = 16 * 1_024 * 1_024

    /// A file's bytes, as far as they are of use: at most one more than `maximumSize`, so that `blocks` refuses the rest.
    ///
    /// - Returns: `nil` for what cannot be opened or read.
    package static func contents(ofFile path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while bytes.count <= maximumSize {
            let most = min(1 << 20, maximumSize + 1 - bytes.count)
            let piece = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
                count = fread(buffer.baseAddress, 1, most, file)
            }
            if piece.isEmpty { break }
            bytes += piece
        }
        return ferror(file) == 0 ? bytes : nil
    }

    /// The DER of each block, in order; at least one.
    package static func blocks(in bytes: [UInt8]) throws(CertificateError) -> [[UInt8]] {
        guard bytes.count <= maximumSize else {
            throw CertificateError(
                reason: "the file is larger than 16 MiB",
                remedy: "Give a file that holds only the certificates."
            )
        }
        var blocks: [[UInt8]] = []
        var body: [UInt8]?
        for line in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            let text = trimmed(line)
            if begins.contains(where: { text.elementsEqual($0) }) {
                body = []
            } else if ends.contains(where: { text.elementsEqual($0) }) {
                guard let encoded = body else { continue }
                body = nil
                guard let data = Data(base64Encoded: Data(encoded)), !data.isEmpty else {
                    throw CertificateError(
                        reason: "certificate \(blocks.count + 1) is not base64",
                        remedy: "Copy the block again, from BEGIN to END."
                    )
                }
                blocks.append([UInt8](data))
            } else if body != nil {
                body?.append(contentsOf: text)
            }
        }
        guard body == nil else {
            throw CertificateError(
                reason: "certificate \(blocks.count + 1) has no END line",
                remedy: "The file was cut off: copy it again."
            )
        }
        guard !blocks.isEmpty else {
            throw CertificateError(
                reason: "it has no certificate in it",
                remedy:
                    "A PEM file has a block between BEGIN CERTIFICATE and END CERTIFICATE; convert DER with openssl x509."
            )
        }
        return blocks
    }

    /// The certificates, in order; at least one.
    package static func certificates(in bytes: [UInt8]) throws(CertificateError) -> [Certificate] {
        var certificates: [Certificate] = []
        for (index, der) in try blocks(in: bytes).enumerated() {
            guard der.count <= Certificate.maximumSize else {
                throw CertificateError(
                    reason:
                        "certificate \(index + 1) has \(der.count) bytes, and at most \(Certificate.maximumSize) are read",
                    remedy: "Ask for a certificate with fewer names: mail servers read no such certificate either."
                )
            }
            guard let certificate = Certificate(der: der) else {
                throw CertificateError(
                    reason: "certificate \(index + 1) cannot be read: it is not an X.509 certificate",
                    remedy: "Ask whoever made the file for the certificate in PEM."
                )
            }
            certificates.append(certificate)
        }
        return certificates
    }

    package static func text(of certificate: Certificate) -> String {
        let encoded = Array(Data(certificate.der).base64EncodedString())
        let lines = stride(from: 0, to: encoded.count, by: 64)
            .map { String(encoded[$0..<min($0 + 64, encoded.count)]) }
        return (["-----BEGIN CERTIFICATE-----"] + lines + ["-----END CERTIFICATE-----", ""]).joined(separator: "\n")
    }

    private static let labels = ["CERTIFICATE", "X509 CERTIFICATE"]
    private static let begins = labels.map { Array("-----BEGIN \($0)-----".utf8) }
    private static let ends = labels.map { Array("-----END \($0)-----".utf8) }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, last == 32 || last == 9 { line.removeLast() }
        while let first = line.first, first == 32 || first == 9 { line.removeFirst() }
        return line
    }
}
