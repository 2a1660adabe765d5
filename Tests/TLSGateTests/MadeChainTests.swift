import Foundation
import Probing
import TLSGate
import TestSupport
import Testing

/// Chains below roots that are odd and trusted all the same, made by the openssl command.
@Suite struct MadeChainTests {
    private static let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    /// A server's certificate as it is made, and the root above it.
    private struct Made {
        var root: [String] = []
        var subject = "/CN=mx1.partner.example"
        var names = "DNS:mx1.partner.example"
        var key = MadeChainTests.key
        var days = 20

        func chain() async throws -> (leaf: [Certificate], roots: TrustRoots) {
            try await withTemporaryFolder { folder in
                func openssl(_ arguments: [String]) async throws {
                    try await run("/usr/bin/openssl", arguments, in: folder)
                }
                try await openssl(
                    ["req", "-x509"] + MadeChainTests.key + [
                        "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-subj", "/CN=Root",
                        "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                    ] + root
                )
                try await openssl(["req"] + key + ["-keyout", "leaf.key", "-out", "leaf.csr", "-subj", subject])
                let extensions = """
                    subjectAltName=\(names)
                    extendedKeyUsage=serverAuth
                    keyUsage=critical,digitalSignature
                    subjectKeyIdentifier=hash
                    authorityKeyIdentifier=keyid

                    """
                try Data(extensions.utf8).write(to: folder.appending(path: "leaf.ext"))
                try await openssl([
                    "x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "5",
                    "-days", "\(days)", "-extfile", "leaf.ext", "-out", "leaf.pem",
                ])
                func read(_ name: String) throws -> [UInt8] {
                    [UInt8](try Data(contentsOf: folder.appending(path: name)))
                }
                return (try PEM.certificates(in: read("leaf.pem")), try TrustRoots(pem: read("root.pem")))
            }
        }

        func report() async throws -> ChainReport {
            let chain = try await chain()
            return CertificateChainJudge.verify(
                chain: chain.leaf,
                roots: chain.roots,
                name: NameReference("mx1.partner.example"),
                at: Date().addingTimeInterval(60)
            )
        }

        /// What the gate finds where a server shows it, so many days from now.
        func findings(inDays days: Double = 0) async throws -> [Finding] {
            let chain = try await chain()
            var probe = Fixture.probe()
            probe.presentedChain = chain.leaf.map { Base64Bytes($0.der) }
            return Gate.judge(
                connector: Fixture.key,
                settings: Fixture.settings(.domain),
                observations: [Fixture.partner(probe: probe)],
                policy: Fixture.lab,
                roots: chain.roots,
                now: Date().addingTimeInterval(60 + days * 86_400)
            ).findings
        }
    }

    @Test func `a trusted root with the serial number 0 is trusted`() async throws {
        let report = try await Made(root: ["-set_serial", "0"]).report()
        #expect(report.isValid)
        #expect(report.problems.filter { $0.rule == "serial" }.isEmpty)
    }

    @Test func `name constraints that are not marked critical are only worth advice`() async throws {
        let report = try await Made(root: ["-addext", "nameConstraints=permitted;DNS:partner.example"]).report()
        #expect(report.isValid)
        #expect(report.problems.map(\.rule).contains("name-constraints-criticality"))
        let narrow = try await Made(root: ["-addext", "nameConstraints=permitted;DNS:other.example"]).report()
        #expect(!narrow.isValid)
    }

    @Test func `a wildcard over a name that its issuer may not certify is refused`() async throws {
        let root = ["-addext", "nameConstraints=critical,excluded;DNS:secret.partner.example"]
        let made = Made(root: root, names: "DNS:mx1.partner.example,DNS:*.partner.example")
        let finding = try #require(try await made.findings().first { $0.check == "cert-path-invalid" })
        #expect(finding.outcome == .fail)
        #expect(
            finding.message.hasPrefix(
                """
                The certificate is not valid: CN=Root may not vouch for names under secret.partner.example, and the \
                certificate below it is for *.partner.example.
                """
            ),
            "\(finding.message)"
        )
        #expect(finding.remedy.contains("another issuer"))
        let other = Made(root: root, names: "DNS:mx1.partner.example,DNS:*.other.example")
        #expect(try await other.findings().filter { $0.check == "cert-path-invalid" }.isEmpty)
    }

    @Test func `a name that an issuer is forbidden to certify is told with the issuer`() async throws {
        let constraints = "nameConstraints=critical,excluded;DNS:partner.example,permitted;DNS:example"
        let made = Made(root: ["-addext", constraints])
        let problem = try #require(try await made.report().problems.first { $0.rule == "name-constraints" })
        let wanted = """
            the issuer CN=Root may not vouch for names under partner.example, and this certificate is for \
            DNS:mx1.partner.example
            """
        #expect(problem.message == wanted)
    }

    @Test func `a certificate without a subject is called by its first name`() async throws {
        let made = Made(
            subject: "/",
            names: "critical,DNS:mx1.partner.example",
            key: ["-newkey", "rsa:1024", "-nodes"],
            days: 1
        )
        let findings = try await made.findings(inDays: 2)
        let expired = try #require(findings.first { $0.check == "cert-expired" })
        #expect(expired.evidence["seen"]?.hasPrefix("mx1.partner.example, ended 2") == true, "\(expired.evidence)")
        let weak = try await made.report().problems.first { $0.check == "cert-key-weak" }
        #expect(weak?.message == "mx1.partner.example has a weak key: RSA 1024")
    }
}
