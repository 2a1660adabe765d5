import Connectors
import Foundation
import Probing
import TLSGate

extension Row {
    private static func presents(_ check: String, _ rule: String, _ expected: String, _ chain: [String]) -> Row {
        Row(check, rule, expected) { Fixture.probe(chain) }
    }

    private static let listURL = "http://crl.issuer.example/int.crl"

    private static func crl(_ file: String?) -> @Sendable () -> [PartnerObservations] {
        {
            let isRevoked = file?.hasPrefix("revoked:") == true
            let name = file.map { $0.replacing("revoked:", with: "") }
            var partner = Fixture.partner(probe: Fixture.probe([isRevoked ? "revoked" : "leaf", "int"]))
            partner.crls = [
                name.map { Fixture.lists(listURL, Fixture.file($0), partner) }
                    ?? CRLObservation(url: listURL, failure: "no answer in 10 s", at: Fixture.seen)
            ]
            return [partner]
        }
    }

    /// A certificate that is in its issuer's list, with what the server says of it itself.
    private static func stapled(_ bytes: [UInt8]) -> [PartnerObservations] {
        var probe = Fixture.probe(["revoked", "int"])
        probe.stapledOCSP = Base64Bytes(bytes)
        var partner = Fixture.partner(probe: probe)
        partner.crls = [Fixture.lists(listURL, Fixture.file("int.crl"), partner)]
        return [partner]
    }

    private static var revocation: GatePolicy { GatePolicy(checksRevocation: true, allowsPrivateAddresses: true) }

    static let certificate: [Row] = chains + names + revocations

    private static let chains: [Row] = [
        presents("cert-expired", "five days ago", "IWFF", ["expired", "int"]),
        presents("cert-chain-expired", "the issuer's has ended", "IWFF", ["chainold", "oldint"]),
        presents("cert-not-yet-valid", "from next year", "IWFF", ["future", "int"]),
        presents("cert-expires-soon", "ten of ninety days left", "-IWW", ["soon", "int"]),
        presents("cert-expires-soon", "nine months left", "-", ["leaf", "int"]),
        presents("cert-self-signed", "its own issuer", "IIFF", ["selfsigned"]),
        presents("cert-untrusted-root", "a private root", "IIFF", ["private", "privint", "other"]),
        presents("cert-untrusted-root", "a known root passes", "-", ["leaf", "int"]),
        Row(
            "cert-untrusted-root",
            "a root that the policy names by SHA-256 passes",
            "-",
            policy: GatePolicy(
                trustedRoots: Fixture.certificates(["other"]).map(\.sha256),
                allowsPrivateAddresses: true
            )
        ) { [Fixture.partner(probe: Fixture.probe(["private", "privint", "other"]))] },
        presents("cert-missing-intermediate", "nothing says where the issuer is", "IIFF", ["leaf"]),
        presents("cert-missing-intermediate", "it could be fetched", "IIFF", ["aia"]),
        presents("cert-path-invalid", "issued by a server's certificate", "IIFF", ["belowleaf", "leaf", "int"]),
        presents("cert-path-invalid", "against name constraints", "IIFF", ["constrainedleaf", "constrained"]),
        presents("cert-path-invalid", "a rule that no mail server is known to refuse for", "IIWW", ["cnonly", "int"]),
        presents("cert-purpose", "only for clients", "IIFF", ["clientonly", "int"]),
        presents("cert-purpose", "only for code", "IIFF", ["code", "int"]),
        presents("cert-key-weak", "RSA 1024", "IWWW", ["rsa1024", "int"]),
        presents("cert-signature-weak", "SHA-1", "WWFF", ["sha1", "int"]),
        presents("cert-chain-untidy", "the root is sent too", "I", ["leaf", "int", "root"]),
        presents("cert-chain-untidy", "wrong order", "I", ["leaf", "root", "int"]),
        presents("cert-chain-untidy", "as it should be", "-", ["leaf", "int"]),
        presents("cert-unparseable", "no certificate", "U", []),
        Row("cert-unparseable", "bytes that are none", "U") {
            var probe = Fixture.probe()
            probe.presentedChain = [Base64Bytes([0x30, 0x03, 0x01, 0x01, 0xFF])]
            return probe
        },
        Row("cert-unparseable", "larger than 64 KiB", "U") {
            var probe = Fixture.probe()
            probe.presentedChain = [Base64Bytes([UInt8](repeating: 0x30, count: 70_000))]
            return probe
        },
        Row("cert-changed", "another leaf than before", "I", previous: [earlier(["renewed", "int"])]) {
            [Fixture.partner()]
        },
        Row("cert-changed", "the same leaf as before", "-", previous: [earlier(["leaf", "int"])]) {
            [Fixture.partner()]
        },
        Row("cert-missing-intermediate", "more sent than are looked at", "IIUU") {
            var probe = Fixture.probe(["leaf"])
            probe.certificatesSent = 40
            return [Fixture.partner(probe: probe)]
        },
    ]

    private static func earlier(_ chain: [String]) -> ProbeObservation {
        var probe = Fixture.probe(chain)
        probe.at = Fixture.seen.addingTimeInterval(-86_400)
        return probe
    }

    private static let names: [Row] = [
        presents("cert-name-mismatch", "another name", "--IF", ["wrongname", "int"]),
        presents("cert-name-mismatch", "a wildcard that fits", "-", ["wildcard", "int"]),
        presents("cert-name-cn-only", "only the common name fits", "---W", ["cnonly", "int"]),
        Row("cert-name-uncertain", "*.x asked, x presented", "---W", settings: ["tlsDomain": "*.partner.example"]) {
            [Fixture.partner(probe: Fixture.probe(["apex", "int"]))]
        },
        Row("cert-name-uncertain", "no TlsDomain, the recipient's domain fits", "---W", settings: ["tlsDomain": .none])
        {
            [Fixture.partner(probe: Fixture.probe(["apex", "int"]))]
        },
    ]

    private static let revocations: [Row] = [
        Row("cert-revoked", "in the issuer's list", "IIFF", policy: revocation, crl("revoked:int.crl")),
        Row("cert-revoked", "not in the list", "-", policy: revocation, crl("int.crl")),
        Row("cert-revoked", "by default it is not looked at", "-", crl("revoked:int.crl")),
        Row("cert-revoked", "a stapled answer says so", "IIFF", policy: revocation) {
            var probe = Fixture.probe(["revoked", "int"])
            probe.stapledOCSP = Base64Bytes(Fixture.file("revoked.ocsp"))
            return [Fixture.partner(probe: probe)]
        },
        Row("cert-revoked", "in the list, and the stapled answer is about another", "IIFF", policy: revocation) {
            stapled(Fixture.file("leaf.ocsp"))
        },
        Row("cert-revoked", "in the list, and the stapled answer is none", "IIFF", policy: revocation) {
            stapled([0x30, 0x00])
        },
        Row("cert-revoked", "an issuer's certificate is in its issuer's list", "IIFF", policy: revocation) {
            var partner = Fixture.partner(probe: Fixture.probe(["belowleaf", "leaf", "int"]))
            let answers = Fixture.certificates(["leaf"]).map {
                RevocationAnswer(certificate: $0.sha256, status: .revoked, revokedAt: Fixture.seen)
            }
            partner.crls = [CRLObservation(url: listURL, answers: answers, at: Fixture.seen)]
            return [partner]
        },
        Row("cert-revoked", "a stapled answer says that it is good", "-", policy: revocation) {
            var probe = Fixture.probe(["leaf", "int"])
            probe.stapledOCSP = Base64Bytes(Fixture.file("leaf.ocsp"))
            return [Fixture.partner(probe: probe)]
        },
        Row("cert-revocation-unknown", "the operator has switched the look off", "--II") { [Fixture.partner()] },
        Row("cert-revocation-unknown", "no list can be had", "I", policy: revocation, crl(nil)),
        Row("cert-revocation-unknown", "the list is out of date", "IIWW", policy: revocation, crl("stale.crl")),
        Row("cert-revocation-unknown", "the list is another issuer's", "IIWW", policy: revocation, crl("other.crl")),
    ]
}
