import Foundation
import TLSGate
import TestSupport
import Testing

/// Chains below roots that are odd and trusted all the same, made by the openssl command.
@Suite struct MadeChainTests {
    private static let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    /// What is said of a chain below a root that is made with these options.
    private func report(_ options: [String]) async throws -> ChainReport {
        try await withTemporaryFolder { folder in
            func openssl(_ arguments: [String]) async throws {
                try await run("/usr/bin/openssl", arguments, in: folder)
            }
            try await openssl(
                ["req", "-x509"] + Self.key + [
                    "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-subj", "/CN=Root",
                    "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                ] + options
            )
            try await openssl(
                ["req"] + Self.key + ["-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=mx1.partner.example"]
            )
            let extensions = """
                subjectAltName=DNS:mx1.partner.example
                extendedKeyUsage=serverAuth
                keyUsage=critical,digitalSignature
                subjectKeyIdentifier=hash
                authorityKeyIdentifier=keyid

                """
            try Data(extensions.utf8).write(to: folder.appending(path: "leaf.ext"))
            try await openssl([
                "x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "5", "-days",
                "20", "-extfile", "leaf.ext", "-out", "leaf.pem",
            ])
            func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }
            return CertificateChainJudge.verify(
                chain: try PEM.certificates(in: read("leaf.pem")),
                roots: try TrustRoots(pem: read("root.pem")),
                name: NameReference("mx1.partner.example"),
                at: Date().addingTimeInterval(60)
            )
        }
    }

    @Test func `a trusted root with the serial number 0 is trusted`() async throws {
        let report = try await report(["-set_serial", "0"])
        #expect(report.isValid)
        #expect(report.problems.filter { $0.rule == "serial" }.isEmpty)
    }

    @Test func `name constraints that are not marked critical are only worth advice`() async throws {
        let report = try await report(["-addext", "nameConstraints=permitted;DNS:partner.example"])
        #expect(report.isValid)
        #expect(report.problems.map(\.rule).contains("name-constraints-criticality"))
        let narrow = try await self.report(["-addext", "nameConstraints=permitted;DNS:other.example"])
        #expect(!narrow.isValid)
    }
}
