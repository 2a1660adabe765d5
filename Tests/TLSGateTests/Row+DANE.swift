import Connectors
import Crypto
import Probing
import TLSGate

extension Row {
    /// A signed partner whose only host publishes these records.
    static func signed(
        _ records: [TLSARecord],
        probe: ProbeObservation = Fixture.probe(),
        tlsa: DNSSECStatus = .secure,
        rcode: Int? = 0,
        mx: DNSSECStatus = .secure
    ) -> PartnerObservations {
        var host = Fixture.host(probes: [probe], dnssec: .secure)
        host.tlsa = [
            Fixture.answer(
                "_25._tcp.mx1.partner.example",
                .tlsa,
                records.map { .tlsa($0) },
                dnssec: tlsa,
                rcode: rcode
            )
        ]
        return Fixture.partner([host], dnssec: mx)
    }

    /// A record for a certificate of the fixtures.
    static func tlsa(_ usage: Int, _ selector: Int, _ matching: Int, _ name: String) -> TLSARecord {
        let certificate = Fixture.certificates([name]).first
        let content = (selector == 0 ? certificate?.der : certificate?.publicKey) ?? []
        let data: [UInt8] =
            switch matching {
            case 1: Array(SHA256.hash(data: content))
            case 2: Array(SHA512.hash(data: content))
            default: content
            }
        return TLSARecord(usage: usage, selector: selector, matchingType: matching, data: data)
    }

    private static let plain = Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = [] }
    private static let turnedAway = Fixture.probe(
        endingIn: .ehlo,
        .replied,
        reply: SMTPReply(code: 550, lines: ["5.7.1 listed"])
    )

    static let dane: [Row] = [
        Row("dane-none", "no record", "I") { [Fixture.partner()] },
        Row("dane-none", "no record, and it is demanded", "F", settings: ["smtpDaneMode": "Mandatory"]) {
            [Fixture.partner()]
        },
        Row("dane-none", "DANE is switched off", "-", settings: ["smtpDaneMode": "None"]) { [Fixture.partner()] },
        Row("dane-mx-insecure", "the host is signed, the MX is not", "I") {
            [signed([tlsa(3, 1, 1, "leaf")], mx: .insecure)]
        },
        Row(
            "dane-mx-insecure",
            "the same, and DANE is demanded",
            "F",
            settings: ["smtpDaneMode": "Mandatory"]
        ) { [signed([tlsa(3, 1, 1, "leaf")], mx: .insecure)] },
        Row("dane-mismatch", "another key, below an MX that is not signed", "-") {
            [signed([tlsa(3, 1, 1, "renewed")], mx: .insecure)]
        },
        Row("dane-insecure", "records in an unsigned zone", "W") { [signed([tlsa(3, 1, 1, "leaf")], tlsa: .insecure)] },
        Row("dane-tlsa-failed", "bogus", "F") { [signed([], tlsa: .bogus(why: "no signature"))] },
        Row("dane-tlsa-failed", "SERVFAIL", "U") { [signed([], rcode: 2)] },
        Row("dane-tlsa-failed", "signatures cannot be checked here", "W") {
            var partner = Fixture.partner()
            partner.dnssecSelfTest = DNSSECSelfTest(name: "org", status: .insecure, at: Fixture.seen)
            return [partner]
        },
        Row("dane-tlsa-failed", "the same, and DANE is demanded", "U", settings: ["smtpDaneMode": "Mandatory"]) {
            var partner = Fixture.partner()
            partner.dnssecSelfTest = DNSSECSelfTest(name: "org", status: .insecure, at: Fixture.seen)
            return [partner]
        },
        Row("dane-unusable", "usage 1", "W") { [signed([tlsa(1, 1, 1, "leaf")])] },
        Row("dane-unusable", "a selector that is not known", "W") { [signed([tlsa(3, 2, 1, "leaf")])] },
        Row("dane-unusable", "a matching type that is not known", "W") { [signed([tlsa(3, 1, 3, "leaf")])] },
        Row("dane-unusable", "a digest of the wrong length", "W") {
            [signed([TLSARecord(usage: 3, selector: 1, matchingType: 1, data: [1, 2, 3])])]
        },
        Row("dane-unusable", "usage 0, and DANE is demanded", "F", settings: ["smtpDaneMode": "Mandatory"]) {
            [signed([tlsa(0, 1, 1, "leaf")])]
        },
        Row("starttls-not-offered", "unusable records demand encryption", "F") {
            [signed([tlsa(1, 1, 1, "leaf")], probe: plain)]
        },
        Row("dane-match", "3 1 1", "P") { [signed([tlsa(3, 1, 1, "leaf")])] },
        Row("dane-match", "3 0 2", "P") { [signed([tlsa(3, 0, 2, "leaf")])] },
        Row("dane-match", "3 1 0", "P") { [signed([tlsa(3, 1, 0, "leaf")])] },
        Row("dane-match", "2 0 1 of the issuer", "P") { [signed([tlsa(2, 0, 1, "int")])] },
        Row("dane-match", "2 1 1 of a private issuer", "P") {
            [signed([tlsa(2, 1, 1, "privint")], probe: Fixture.probe(["private", "privint"]))]
        },
        Row("dane-match", "2 0 0 brings the issuer along", "P") {
            [signed([tlsa(2, 0, 0, "int")], probe: Fixture.probe(["leaf"]))]
        },
        Row("dane-match", "one of two fits", "P") { [signed([tlsa(3, 1, 1, "renewed"), tlsa(3, 1, 1, "leaf")])] },
        Row("dane-match", "a self-signed certificate", "P") {
            [signed([tlsa(3, 1, 1, "selfsigned")], probe: Fixture.probe(["selfsigned"]))]
        },
        Row("dane-mismatch", "another key", "F") { [signed([tlsa(3, 1, 1, "renewed")])] },
        Row("dane-mismatch", "the weaker digest fits and does not count", "F") {
            [signed([tlsa(3, 1, 1, "leaf"), tlsa(3, 1, 2, "renewed")])]
        },
        Row("dane-mismatch", "the issuer fits, the certificate from it is out of date", "F") {
            [signed([tlsa(2, 0, 1, "int")], probe: Fixture.probe(["expired", "int"]))]
        },
        Row("dane-mismatch", "the issuer is sent along and vouches for none of the others", "F") {
            [signed([tlsa(2, 0, 1, "privint")], probe: Fixture.probe(["leaf", "int", "privint"]))]
        },
        Row("dane-ee-expired", "the key fits, the date does not", "F") {
            [signed([tlsa(3, 1, 1, "expired")], probe: Fixture.probe(["expired", "int"]))]
        },
        Row("dane-ee-expired", "the key fits, the certificate begins later", "F") {
            [signed([tlsa(3, 1, 1, "future")], probe: Fixture.probe(["future", "int"]))]
        },
        Row("dane-ta-name", "the issuer fits, the name does not", "F") {
            [signed([tlsa(2, 0, 1, "int")], probe: Fixture.probe(["wrongname", "int"]))]
        },
        Row("dane-ta-absent", "the issuer is not sent", "F") {
            [signed([tlsa(2, 0, 1, "int")], probe: Fixture.probe(["leaf"]))]
        },
        Row("dane-no-starttls", "no encryption", "F") { [signed([tlsa(3, 1, 1, "leaf")], probe: plain)] },
        Row("dane-no-starttls", "550 to EHLO, which may be about us", "-") {
            [signed([tlsa(3, 1, 1, "leaf")], probe: turnedAway)]
        },
        Row("dane-digest-weaker", "two digests of one key", "I") {
            [signed([tlsa(3, 1, 1, "leaf"), tlsa(3, 1, 2, "leaf")])]
        },
        Row("cert-self-signed", "DANE does not replace the issuer", "IIFF") {
            [signed([tlsa(3, 1, 1, "selfsigned")], probe: Fixture.probe(["selfsigned"]))]
        },
    ]
}
