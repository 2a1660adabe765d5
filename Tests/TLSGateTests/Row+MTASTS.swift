import Connectors
import Foundation
import Probing
import TLSGate

extension Row {
    private static let record = "v=STSv1; id=20261101T000000;"

    static func policy(_ mode: String, mx: String = "mx: *.partner.example", age: Int = 604_800) -> String {
        "version: STSv1\r\nmode: \(mode)\r\n\(mx)\r\nmax_age: \(age)\r\n"
    }

    /// What was seen of a partner with this policy, whose server showed what it did once, or twice.
    static func sts(
        _ body: String?,
        txt: [String]? = nil,
        probe: ProbeObservation = Fixture.probe(),
        diagnostic: ProbeObservation? = nil,
        type: String = "text/plain",
        cached: MTASTSObservation.CachedPolicy? = nil
    ) -> PartnerObservations {
        var partner = Fixture.partner(probe: probe)
        if var diagnostic {
            diagnostic.profile = .diagnostic
            partner.hosts[0].probes.append(diagnostic)
        }
        partner.mtaSTS = [
            MTASTSObservation(
                domain: "partner.example",
                txt: Fixture.answer("_mta-sts.partner.example", .txt, (txt ?? [record]).map { .text($0) }),
                fetch: MTASTSObservation.PolicyFetch(
                    url: "https://mta-sts.partner.example/.well-known/mta-sts.txt",
                    status: body == nil ? 404 : 200,
                    contentType: type,
                    body: body.map { Array($0.utf8) },
                    at: Fixture.seen
                ),
                cached: cached
            )
        ]
        return partner
    }

    /// A policy that was fetched so many seconds ago, and holds for a week.
    static func held(_ id: String, age: TimeInterval = 3_600) -> MTASTSObservation.CachedPolicy {
        MTASTSObservation.CachedPolicy(
            id: id,
            body: Array(policy("enforce").utf8),
            fetchedAt: Fixture.now.addingTimeInterval(-age)
        )
    }

    static let refused = Fixture.probe(endingIn: .handshake, .handshakeFailed("alert"))
    private static let plain = Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = [] }
    private static let untrusted = Fixture.probe(["private", "privint", "other"])
    private static let turnedAway = Fixture.probe(
        endingIn: .starttls,
        .replied,
        reply: SMTPReply(code: 550, lines: ["5.7.1 listed"])
    )

    static let mtaSTS: [Row] = [
        Row("mtasts-none", "no record", "I") { [Fixture.partner()] },
        Row("mtasts-none", "the policy says none", "I") { [sts("version: STSv1\nmode: none\nmax_age: 86400\n")] },
        Row("mtasts-none", "MTA-STS is switched off", "-", settings: ["mtaStsMode": "None"]) { [Fixture.partner()] },
        Row("mtasts-txt-multiple", "two records", "W") { [sts(policy("enforce"), txt: [record, "v=STSv1; id=2;"])] },
        Row("mtasts-txt-syntax", "no id", "W") { [sts(policy("enforce"), txt: ["v=STSv1; x=y;"])] },
        Row("mtasts-mx-mismatch", "enforced", "F") { [sts(policy("enforce", mx: "mx: mx9.partner.example"))] },
        Row("mtasts-mx-mismatch", "in testing", "W") { [sts(policy("testing", mx: "mx: mx9.partner.example"))] },
        Row("mtasts-mx-mismatch", "the pattern fits", "-") { [sts(policy("enforce"))] },
        Row("mtasts-mx-mismatch", "withdrawn by the mode none", "-") {
            [sts(policy("none", mx: "mx: mx9.partner.example"))]
        },
        Row("mtasts-cert-invalid", "enforced", "F") { [sts(policy("enforce"), probe: untrusted)] },
        Row("mtasts-cert-invalid", "in testing", "W") { [sts(policy("testing"), probe: untrusted)] },
        Row("mtasts-cert-invalid", "another name", "F") {
            [sts(policy("enforce"), probe: Fixture.probe(["wrongname", "int"]))]
        },
        Row("mtasts-cert-invalid", "withdrawn by the mode none", "-") { [sts(policy("none"), probe: untrusted)] },
        Row("mtasts-cert-invalid", "all is well", "-") { [sts(policy("enforce"))] },
        Row("mtasts-no-starttls", "enforced", "F") { [sts(policy("enforce"), probe: plain)] },
        Row("mtasts-no-starttls", "in testing", "W") { [sts(policy("testing"), probe: plain)] },
        Row("mtasts-no-starttls", "withdrawn by the mode none", "-") { [sts(policy("none"), probe: plain)] },
        Row("mtasts-no-starttls", "550 to STARTTLS, which may be about us", "-") {
            [sts(policy("enforce"), probe: turnedAway)]
        },
        Row("mtasts-no-starttls", "by a held policy that is announced still", "F") {
            [sts(nil, probe: plain, cached: held("20261101T000000"))]
        },
        Row("mtasts-no-starttls", "by a policy that was held and has run out", "-") {
            [sts(nil, probe: plain, cached: held("20261101T000000", age: 604_800))]
        },
        Row("mtasts-no-starttls", "by a held policy, where a newer one is announced", "U") {
            [sts(nil, probe: plain, cached: held("20250101"))]
        },
        Row("mtasts-no-starttls", "a kind of key that may not be offered", "-") {
            [sts(policy("enforce"), probe: refused, diagnostic: Fixture.probe())]
        },
        Row("mtasts-no-starttls", "a handshake that could not be explained", "-") {
            [sts(policy("enforce"), probe: refused)]
        },
        Row("mtasts-fetch-failed", "404 and nothing held", "W") { [sts(nil)] },
        Row("mtasts-fetch-failed", "404 and a policy held", "U") { [sts(nil, cached: held("20261101T000000"))] },
        Row("mtasts-fetch-failed", "404 and a policy that was held and has run out", "W") {
            [sts(nil, cached: held("20261101T000000", age: 604_800))]
        },
        Row("mtasts-fetch-failed", "SERVFAIL for the record", "W") {
            var partner = Fixture.partner()
            partner.mtaSTS[0].txt = Fixture.answer("_mta-sts.partner.example", .txt, [], rcode: 2)
            return [partner]
        },
        Row("mtasts-mx-mismatch", "the held policy counts", "-") { [sts(nil, cached: held("20261101T000000"))] },
        Row("mtasts-policy-syntax", "no version", "W") { [sts("mode: enforce\n")] },
        Row("mtasts-policy-syntax", "sent as HTML", "W") { [sts(policy("enforce"), type: "text/html; charset=utf-8")] },
        Row("mtasts-max-age-short", "an hour", "I") { [sts(policy("enforce", age: 3_600))] },
        Row("mtasts-id-stale", "a newer one is announced", "I") { [sts(nil, cached: held("20250101"))] },
        Row("tlsrpt-none", "no record", "I") {
            var partner = Fixture.partner()
            partner.tlsReporting = Fixture.answer("_smtp._tls.partner.example", .txt, [], rcode: 3)
            return [partner]
        },
        Row("tlsrpt-none", "a record", "-") {
            var partner = Fixture.partner()
            partner.tlsReporting = Fixture.answer(
                "_smtp._tls.partner.example",
                .txt,
                [.text("v=TLSRPTv1; rua=mailto:a@partner.example")]
            )
            return [partner]
        },
    ]
}
