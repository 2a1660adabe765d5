import Connectors
import Foundation
import Probing
import TLSGate
import Testing

@Suite struct CertificateChainTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var rule: String
        var chain: [String]
        /// `CHECK RULE DEPTH` of each problem that makes it invalid.
        var problems: [String]
        var name: String? = "mx1.partner.example"
        var testDescription: String { rule }
    }

    @Test(arguments: [
        Case(rule: "a good chain", chain: ["leaf", "int"], problems: []),
        Case(rule: "another order", chain: ["leaf", "root", "int"], problems: []),
        Case(rule: "strays next to it", chain: ["leaf", "other", "privint", "int"], problems: []),
        Case(rule: "two issuers of one name", chain: ["twinleaf", "othertwin", "twin"], problems: []),
        Case(rule: "the other of two issuers of one name", chain: ["twinleaf", "twin", "othertwin"], problems: []),
        Case(
            rule: "only the wrong issuer of that name",
            chain: ["twinleaf", "othertwin"],
            problems: ["cert-path-invalid signature 0"]
        ),
        Case(rule: "expired", chain: ["expired", "int"], problems: ["cert-expired expired 0"]),
        Case(rule: "not yet valid", chain: ["future", "int"], problems: ["cert-not-yet-valid not-yet-valid 0"]),
        Case(rule: "an expired issuer", chain: ["chainold", "oldint"], problems: ["cert-chain-expired expired 1"]),
        Case(rule: "no issuer", chain: ["leaf"], problems: ["cert-missing-intermediate missing-issuer 0"]),
        Case(rule: "self-signed", chain: ["selfsigned"], problems: ["cert-self-signed self-signed 0"]),
        Case(
            rule: "a private root",
            chain: ["private", "privint", "other"],
            problems: ["cert-untrusted-root untrusted-root 2"]
        ),
        Case(rule: "another name", chain: ["wrongname", "int"], problems: ["cert-name-mismatch name 0"]),
        Case(
            rule: "only the common name",
            chain: ["cnonly", "int"],
            problems: ["cert-name-cn-only common-name 0", "cert-path-invalid alternative-name 0"]
        ),
        Case(rule: "no name asked", chain: ["wrongname", "int"], problems: [], name: nil),
        Case(rule: "for clients only", chain: ["clientonly", "int"], problems: ["cert-purpose extended-key-usage 0"]),
        Case(
            rule: "issued by a server's certificate",
            chain: ["belowleaf", "leaf", "int"],
            problems: [
                "cert-path-invalid basic-constraints 1", "cert-path-invalid key-usage 1",
                "cert-path-invalid path-length 2",
            ]
        ),
        Case(
            rule: "against name constraints",
            chain: ["constrainedleaf", "constrained"],
            problems: ["cert-path-invalid name-constraints 0"]
        ),
        Case(rule: "RSA 1024", chain: ["rsa1024", "int"], problems: ["cert-key-weak key-size 0"]),
        Case(rule: "SHA-1", chain: ["sha1", "int"], problems: ["cert-signature-weak digest 0"]),
        Case(
            rule: "all that is wrong, not the first",
            chain: ["expired"],
            problems: ["cert-expired expired 0", "cert-missing-intermediate missing-issuer 0"]
        ),
    ])
    func `every problem of a chain is told, with depth and rule`(_ example: Case) {
        let report = CertificateChainJudge.verify(
            chain: Fixture.certificates(example.chain),
            roots: Fixture.roots,
            name: example.name.flatMap { NameReference($0) },
            at: Fixture.now
        )
        let found = report.problems.filter { $0.weight != .advice }.map { "\($0.check) \($0.rule) \($0.depth)" }
        #expect(found == example.problems)
        #expect(report.isValid == example.problems.isEmpty)
    }

    @Test(arguments: [(10, true), (80, false)])
    func `of issuers of one name, so many are tried and no more`(_ count: Int, _ isFound: Bool) throws {
        // Each is another certificate with the same wrong key.
        let wrong = try Fixture.certificate("othertwin").der
        let strangers = (1...count).compactMap { number in
            Certificate(der: Array(wrong.dropLast()) + wrong.suffix(1).map { $0 ^ UInt8(number) })
        }
        #expect(strangers.count == count)
        let report = CertificateChainJudge.verify(
            chain: Fixture.certificates(["twinleaf", "twin"]),
            roots: TrustRoots(strangers + Fixture.certificates(["root"])),
            at: Fixture.now
        )
        #expect(report.isValid == isFound)
    }

    @Test func `the path is told from the server's certificate to the root`() {
        let report = CertificateChainJudge.verify(
            chain: Fixture.certificates(["leaf", "int"]),
            roots: Fixture.roots,
            at: Fixture.now
        )
        #expect(
            report.path.map(\.subject)
                == ["CN=mx1.partner.example", "O=Test Trust, CN=Test Issuer", "O=Test Trust, CN=Test Root"].map { $0 }
        )
        #expect(report.path.map(\.presentedAt) == [0, 1, nil])
        #expect(report.path.map(\.isTrusted) == [false, false, true])
    }

    @Test func `the time that is asked for counts, not the clock`() throws {
        let chain = Fixture.certificates(["expired", "int"])
        let before = try #require(Timestamp.instant("2026-01-01T00:00:00Z"))
        #expect(CertificateChainJudge.verify(chain: chain, roots: Fixture.roots, at: before).isValid)
    }

    @Test func `a certificate is valid to its last second, and not one longer`() throws {
        let chain = Fixture.certificates(["leaf", "int"])
        let end = try #require(chain.first).notAfter
        #expect(CertificateChainJudge.verify(chain: chain, roots: Fixture.roots, at: end).isValid)
        let report = CertificateChainJudge.verify(chain: chain, roots: Fixture.roots, at: end.addingTimeInterval(1))
        #expect(report.problems.map(\.check) == ["cert-expired"])
    }

    @Test func `no certificate is no valid chain`() {
        #expect(!CertificateChainJudge.verify(chain: [], roots: Fixture.roots, at: Fixture.now).isValid)
    }

    @Test func `a certificate says what it says`() throws {
        let leaf = try Fixture.certificate("aia")
        #expect(leaf.subject == "CN=mx1.partner.example")
        #expect(leaf.dnsNames == ["mx1.partner.example"])
        #expect(leaf.extendedKeyUsages == [CertificateChainJudge.serverAuth])
        #expect(leaf.caIssuers == ["http://aia.issuer.example/int.cer"])
        #expect(leaf.key == Certificate.Key(type: "EC", bits: 256, curve: "prime256v1"))
        #expect(leaf.digest == "SHA256")
        let weak = try Fixture.certificate("rsa1024")
        #expect(weak.key == Certificate.Key(type: "RSA", bits: 1_024, curve: nil))
        #expect(try Fixture.certificate("leaf").crlURLs == ["http://crl.issuer.example/int.crl"])
    }

    @Test(arguments: [
        ("", "it has no certificate in it"), ("hello", "it has no certificate in it"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", "certificate 1 has no END line"),
        ("-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n", "certificate 1 is not base64"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "certificate 1 cannot be read: it is not an X.509 certificate"
        ),
    ])
    func `bytes that are no certificates are refused with the reason`(_ text: String, _ reason: String) {
        let error = #expect(throws: CertificateError.self) { try PEM.certificates(in: Array(text.utf8)) }
        #expect(error?.reason == reason)
    }

    @Test func `PEM is read as it is written`() throws {
        let leaf = try Fixture.certificate("leaf")
        let text = "a comment\r\n" + PEM.text(of: leaf).replacing("\n", with: "\r\n") + "more\n" + PEM.text(of: leaf)
        #expect(try PEM.certificates(in: Array(text.utf8)) == [leaf, leaf])
    }

    @Test func `mutated certificates are read, judged or refused, and nothing else`() throws {
        var random = SeededGenerator(seed: 5280)
        let originals = Fixture.certificates(["leaf", "constrained", "rsa1024", "aia"])
        let sources = originals.map(\.der)
        let issuer = try Fixture.certificate("int")
        var readable = 0
        for round in 0..<4_000 {
            var der = sources[round % sources.count]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<der.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: der[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
                case 1: der[index] = UInt8.random(in: 0...255, using: &random)
                case 2 where der.count > 2: der.removeSubrange(index..<min(der.count - 1, index + 3))
                default: der.insert(UInt8.random(in: 0...255, using: &random), at: index)
                }
            }
            guard let certificate = Certificate(der: der) else { continue }
            readable += 1
            let report = CertificateChainJudge.verify(
                chain: [certificate, issuer],
                roots: Fixture.roots,
                name: NameReference("mx1.partner.example"),
                at: Fixture.now
            )
            // What is signed is as it was where the mutation only touched the signature's own wrapping.
            let isSame =
                certificate.publicKey == originals[round % sources.count].publicKey
                && certificate.dnsNames == originals[round % sources.count].dnsNames
            #expect(!report.isValid || isSame)
        }
        #expect(readable > 100)
    }

    @Test func `mutated revocation lists and answers never make a judgement fail`() {
        var random = SeededGenerator(seed: 6960)
        for name in ["int.crl", "revoked.ocsp"] {
            let sound = Fixture.file(name)
            for _ in 0..<500 {
                var bytes = sound
                for _ in 0..<4 {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                var probe = Fixture.probe(["revoked", "int"])
                if name.hasSuffix("ocsp") { probe.stapledOCSP = .init(bytes) }
                var partner = Fixture.partner(probe: probe)
                partner.crls = [Fixture.lists("http://crl.issuer.example/int.crl", bytes, partner)]
                var policy = Fixture.lab
                policy.checksRevocation = true
                #expect(Fixture.judge([partner], .certificate, policy: policy).verdict != .pass)
            }
        }
    }
}
