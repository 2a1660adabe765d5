import Connectors
import Probing
import TLSGate

extension Row {
    private static func mx(
        _ edit: @escaping @Sendable (inout PartnerObservations) -> Void
    ) -> @Sendable () -> [PartnerObservations] {
        {
            var partner = Fixture.partner()
            edit(&partner)
            return [partner]
        }
    }

    private static func mx(_ data: [DNSData], rcode: Int? = 0, failure: DNSFailure? = nil) -> DNSObservation {
        Fixture.answer("partner.example", .mx, data, rcode: rcode, failure: failure)
    }

    static let dns: [Row] = [
        Row("dns-failed", "SERVFAIL for the MX", "U", mx { $0.mx = mx([], rcode: 2) }),
        Row("dns-failed", "no answer for the MX", "U", mx { $0.mx = mx([], rcode: nil, failure: .timedOut) }),
        Row(
            "dns-failed",
            "SERVFAIL for the addresses",
            "U",
            mx {
                $0.hosts = [
                    HostObservations(
                        host: "mx1.partner.example",
                        preference: 10,
                        ipv4: Fixture.answer("mx1.partner.example", .a, [], rcode: 2),
                        ipv6: Fixture.answer("mx1.partner.example", .aaaa, [], rcode: 2)
                    )
                ]
            }
        ),
        Row(
            "dns-failed",
            "SERVFAIL for AAAA next to an A",
            "W",
            mx {
                $0.hosts[0].ipv6 = Fixture.answer("mx1.partner.example", .aaaa, [], rcode: 2)
            }
        ),
        Row("dns-failed", "nothing was observed", "U") { [] },
        Row("dns-bogus", "a wrongly signed MX", "F", mx { $0.mx?.dnssec = .bogus(why: "signature expired") }),
        Row("dns-bogus", "a wrongly signed address", "F", mx { $0.hosts[0].ipv4?.dnssec = .bogus(why: "no RRSIG") }),
        Row(
            "dns-bogus",
            "DANE is switched off",
            "W",
            settings: ["smtpDaneMode": "None"],
            mx {
                $0.mx?.dnssec = .bogus(why: "signature expired")
            }
        ),
        Row(
            "dns-bogus",
            "nothing signed can be checked here",
            "U",
            mx {
                $0.mx?.dnssec = .bogus(why: "no keys")
                $0.hosts = []
                $0.dnssecSelfTest = DNSSECSelfTest(name: ".", status: .bogus(why: "no keys"), at: Fixture.seen)
            }
        ),
        Row("dns-nxdomain", "the domain does not exist", "F", mx { $0.mx = mx([], rcode: 3) }),
        Row("mx-null", "MX 0 .", "F", mx { $0.mx = mx([.mx(preference: 0, host: ".")]) }),
        Row(
            "mx-null-mixed",
            "a null MX next to a real one",
            "W",
            mx {
                $0.mx = mx([.mx(preference: 0, host: "."), .mx(preference: 10, host: "mx1.partner.example")])
            }
        ),
        Row(
            "mx-implicit",
            "no MX",
            "W",
            mx {
                $0.mx = mx([])
                $0.hosts = [Fixture.host("partner.example", preference: 0)]
            }
        ),
        Row(
            "mx-host-no-address",
            "NXDOMAIN",
            "F",
            mx {
                $0.hosts = [
                    HostObservations(
                        host: "mx1.partner.example",
                        preference: 10,
                        ipv4: Fixture.answer("mx1.partner.example", .a, [], rcode: 3),
                        ipv6: Fixture.answer("mx1.partner.example", .aaaa, [], rcode: 3)
                    )
                ]
            }
        ),
        Row("mx-host-cname", "the MX names an alias", "W", mx { $0.hosts[0].ipv4?.aliases = ["real.partner.example"] }),
        Row(
            "mx-host-is-address",
            "the MX names an address",
            "F",
            mx {
                $0.mx = mx([.mx(preference: 10, host: "203.0.113.7")])
                $0.hosts = []
            }
        ),
        Row(
            "cname-loop",
            "aliases in a circle",
            "U",
            mx {
                $0.hosts = [
                    HostObservations(
                        host: "mx1.partner.example",
                        preference: 10,
                        ipv4: Fixture.answer("mx1.partner.example", .a, [], rcode: 2, failure: .aliasLoop)
                    )
                ]
            }
        ),
        Row(
            "mx-many",
            "more servers than are looked at",
            "W",
            mx { partner in
                var rest = LeftOut()
                (rest.hosts, rest.named) = (1, ["mx20.partner.example"])
                partner.leftOut = rest
            }
        ),
        Row(
            "mx-many",
            "a host that was left out",
            "W",
            mx { partner in
                var left = HostObservations(host: "mx9.partner.example", preference: 90)
                left.notProbed = .overTheCap
                partner = Fixture.partner([Fixture.host(), left])
            }
        ),
        Row(
            "addr-ipv6-failing",
            "IPv6 times out, IPv4 delivers",
            "W",
            mx { partner in
                partner.hosts[0].ipv6 = Fixture.answer("mx1.partner.example", .aaaa, [.address("2001:db8::7")])
                var six = Fixture.probe(endingIn: .connect, .timedOut)
                six.address = "2001:db8::7"
                partner.hosts[0].probes.append(six)
            }
        ),
        Row(
            "vantage-dns",
            "our resolver is silent",
            "U",
            mx {
                $0.mx = mx([], rcode: nil, failure: .timedOut)
                ($0.hosts, $0.isDNSSilent) = ([], true)
            }
        ),
        Row(
            "vantage-no-ipv6",
            "IPv4 and IPv6, and we have no IPv6",
            "W",
            mx { partner in
                partner.hosts[0].ipv6 = Fixture.answer("mx1.partner.example", .aaaa, [.address("2001:db8::7")])
                var six = ProbeObservation(address: "2001:db8::7", host: "mx1.partner.example", at: Fixture.seen)
                six.notProbed = .noIPv6
                partner.hosts[0].probes.append(six)
            }
        ),
        Row("addr-ipv6-only", "only IPv6", "I", mx { $0 = Fixture.partner([Fixture.host(address: "2001:db8::7")]) }),
        Row(
            "addr-ipv6-only",
            "only IPv6, and we have none",
            "U",
            mx { partner in
                var probe = ProbeObservation(address: "2001:db8::7", host: "mx1.partner.example", at: Fixture.seen)
                probe.notProbed = .noIPv6
                partner = Fixture.partner([Fixture.host(address: "2001:db8::7", probes: [probe])])
            }
        ),
    ]
}
