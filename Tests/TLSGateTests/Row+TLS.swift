import Connectors
import Probing
import TLSGate

extension Row {
    private static let failure = TLSAlert(code: 40, name: "handshake_failure", received: true)

    private static func failed(_ version: String, _ cipher: String) -> @Sendable () -> [PartnerObservations] {
        failed {
            var diagnostic = Fixture.probe()
            diagnostic.tlsVersion = version
            diagnostic.cipher = cipher
            return diagnostic
        }
    }

    /// With what the look was that is to explain it.
    private static func failed(
        _ diagnostic: @escaping @Sendable () -> ProbeObservation?
    ) -> @Sendable () -> [PartnerObservations] {
        {
            var probes = [Fixture.probe(endingIn: .handshake, .handshakeFailed("alert"), alert: failure)]
            if var diagnostic = diagnostic() {
                diagnostic.profile = .diagnostic
                probes.append(diagnostic)
            }
            return [Fixture.partner([Fixture.host(probes: probes)])]
        }
    }

    private static func with(
        _ edit: @escaping @Sendable (inout ProbeObservation) -> Void
    ) -> @Sendable () -> [PartnerObservations] {
        {
            var probe = Fixture.probe()
            edit(&probe)
            return [Fixture.partner(probe: probe)]
        }
    }

    static let tls: [Row] = [
        Row(
            "tls-handshake-failed",
            "no handshake of any kind",
            "WFFF",
            failed { Fixture.probe(endingIn: .handshake, .handshakeFailed("alert"), alert: failure) }
        ),
        Row(
            "tls-handshake-failed",
            "the second look is put off",
            "U",
            failed {
                let reply = SMTPReply(code: 421, lines: ["4.3.2 shutting down"])
                return Fixture.probe(endingIn: .greeting, .replied, reply: reply)
            }
        ),
        Row(
            "tls-handshake-failed",
            "the second look ends in the handshake",
            "U",
            failed { Fixture.probe(endingIn: .handshake, .timedOut) }
        ),
        Row(
            "tls-handshake-failed",
            "the second look is not made, as the server asked for a pause",
            "U",
            failed {
                var diagnostic = ProbeObservation(
                    address: "203.0.113.7",
                    host: "mx1.partner.example",
                    at: Fixture.seen
                )
                diagnostic.notProbed = .backingOff(until: Fixture.now)
                return diagnostic
            }
        ),
        Row("tls-handshake-failed", "there is no second look", "U", failed { nil }),
        Row("tls-handshake-closed", "the end in the handshake", "U") { Fixture.probe(endingIn: .handshake, .closed) },
        Row("tls-version-low", "only TLS 1.0", "WFFF", failed("TLSv1", "ECDHE-RSA-AES256-SHA")),
        Row("tls-version-low", "only TLS 1.1", "WFFF", failed("TLSv1.1", "ECDHE-RSA-AES256-SHA")),
        Row("tls-version-13-only", "TLS 1.2 refused", "W", with { $0.refusesTLS12 = true }),
        Row("tls-cipher-none-common", "only DHE", "WFFF", failed("TLSv1.2", "DHE-RSA-AES256-GCM-SHA384")),
        Row(
            "tls-cipher-none-common",
            "ECDSA only",
            "I",
            with {
                $0.tlsVersion = "TLSv1.2"
                $0.cipher = "ECDHE-ECDSA-AES256-GCM-SHA384"
            }
        ),
        Row(
            "tls-cipher-weak",
            "CBC",
            "IWWW",
            with {
                $0.tlsVersion = "TLSv1.2"
                $0.cipher = "ECDHE-RSA-AES256-SHA384"
            }
        ),
        Row(
            "tls-cipher-weak",
            "no forward secrecy",
            "IWWW",
            with {
                $0.tlsVersion = "TLSv1.2"
                $0.cipher = "AES256-GCM-SHA384"
            }
        ),
        Row("tls-handshake-closed", "more certificates than are read", "U") {
            Fixture.probe(endingIn: .handshake, .tooLong)
        },
        Row("tls-client-cert-required", "an alert after the handshake", "U") {
            let alert = TLSAlert(code: 116, name: "certificate_required", received: true)
            return Fixture.probe(endingIn: .ehloInTLS, .closed, alert: alert)
        },
        Row("tls-client-cert-required", "a failure after the request", "U") {
            Fixture.probe(endingIn: .handshake, .handshakeFailed("alert"), alert: failure) {
                $0.clientCertificateRequested = true
            }
        },
        Row("tls-client-cert-required", "a refusal inside TLS after the request", "U") {
            let refusal = SMTPReply(code: 550, lines: ["5.7.1 no client certificate presented"])
            return Fixture.probe(endingIn: .ehloInTLS, .replied, reply: refusal) {
                $0.clientCertificateRequested = true
            }
        },
        Row(
            "tls-client-cert-required",
            "a request alone is harmless",
            "-",
            with { $0.clientCertificateRequested = true }
        ),
        Row(
            "tls-cipher-none-common",
            "a key or group of another kind",
            "W",
            failed("TLSv1.3", "TLS_AES_256_GCM_SHA384")
        ),
        Row("tls-cipher-none-common", "a handshake with a key on P-521", "W") {
            [Fixture.partner(probe: Fixture.probe(["p521"]))]
        },
        Row("tls-sni-dependent", "no handshake without SNI", "--WW") {
            var other = Fixture.probe(endingIn: .handshake, .handshakeFailed("unrecognized_name"))
            other.sni = nil
            return [Fixture.partner([Fixture.host(probes: [Fixture.probe(), other])])]
        },
        Row("tls-sni-dependent", "a private chain without SNI", "IIWW") {
            var other = Fixture.probe(["private", "privint", "other"])
            other.sni = nil
            return [Fixture.partner([Fixture.host(probes: [Fixture.probe(), other])])]
        },
        Row("tls-sni-dependent", "another name without SNI", "IIIW") {
            var other = Fixture.probe(["wrongname", "int"])
            other.sni = nil
            return [Fixture.partner([Fixture.host(probes: [Fixture.probe(), other])])]
        },
    ]
}
