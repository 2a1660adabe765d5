import TestSupport
import Foundation

/// Keys and certificates made by the openssl command, in a folder.
struct Certificates {
    let folder: URL

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// A root, `ca.pem` with `ca.key`.
    func makeRoot() async throws {
        try await openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "30",
            "-subj",
            "/CN=Lab Root"
        )
    }

    /// A certificate for a host, `NAME.pem`, with its key in `NAME.key`, issued by the root.
    func make(
        _ name: String,
        for host: String,
        key: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        digest: String = "-sha256",
        extensions: [String] = []
    ) async throws {
        try await openssl(
            ["req", "-newkey"] + key + [
                "-nodes", "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(host)",
            ]
        )
        let lines = ["subjectAltName=DNS:\(host)"] + extensions
        try Data(lines.joined(separator: "\n").utf8).write(to: folder.appending(path: "\(name).ext"))
        try await openssl([
            "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20",
            digest, "-extfile", "\(name).ext", "-out", "\(name).pem",
        ])
    }

    /// The certificates of a PEM file, in DER.
    func der(_ name: String) throws -> [[UInt8]] {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        return text.components(separatedBy: "-----BEGIN CERTIFICATE-----").dropFirst().compactMap { part in
            let body = part.components(separatedBy: "-----END").first ?? ""
            return Data(base64Encoded: body.filter { !$0.isWhitespace }).map { [UInt8]($0) }
        }
    }

    func openssl(_ arguments: String...) async throws { try await openssl(arguments) }

    func openssl(_ arguments: [String]) async throws {
        try await run("/usr/bin/openssl", arguments, in: folder)
    }
}
