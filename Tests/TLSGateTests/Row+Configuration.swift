import Connectors
import Probing
import TLSGate

extension Row {
    private static let good: @Sendable () -> [PartnerObservations] = { [Fixture.partner()] }

    static let configuration: [Row] = [
        Row("cfg-tlsdomain-missing", "D without TlsDomain to the MX", "---W", settings: ["tlsDomain": .none], good),
        Row(
            "cfg-tlsdomain-missing",
            "D without TlsDomain to smart hosts",
            "---F",
            settings: ["tlsDomain": .none, "useMXRecord": false, "smartHosts": ["mx1.partner.example"]]
        ) { [Fixture.smartHosts([Fixture.host(preference: 0)])] },
        Row(
            "cfg-tlsdomain-ignored",
            "TlsDomain without D",
            "WWW-",
            settings: ["tlsDomain": "mx1.partner.example"],
            good
        ),
        Row("cfg-tlsdomain-syntax", "a wildcard in the middle", "---F", settings: ["tlsDomain": "mx.*.example"], good),
        Row("cfg-smarthosts-missing", "no MX and no smart host", "F", settings: ["useMXRecord": false], good),
        Row("cfg-smarthosts-ignored", "smart hosts next to the MX", "W", settings: ["smartHosts": ["a.example"]], good),
        Row(
            "cfg-smarthost-range",
            "a network as smart host",
            "I",
            settings: ["useMXRecord": false, "smartHosts": ["203.0.113.0/25"]]
        ) {
            [Fixture.smartHosts([HostObservations(host: "203.0.113.0/25", probes: [Fixture.probe()])])]
        },
        Row(
            "address-not-public",
            "a private address as smart host",
            "F",
            settings: ["useMXRecord": false, "smartHosts": ["10.1.2.3"]],
            policy: GatePolicy()
        ) { [] },
        Row("address-not-public", "an MX that leads inside", "F", policy: GatePolicy()) {
            var probe = ProbeObservation(address: "10.0.0.1", host: "mx1.partner.example", at: Fixture.seen)
            probe.notProbed = .addressNotPublic("private")
            return [Fixture.partner([Fixture.host(address: "10.0.0.1", probes: [probe])])]
        },
        Row("cfg-recipient-wildcard", "no domain to probe", "U", settings: ["recipientDomains": ["*.partner.example"]])
        {
            [Fixture.partner()]
        },
        Row(
            "cfg-recipient-wildcard",
            "a domain to probe is named",
            "-",
            settings: ["recipientDomains": ["*.partner.example"]],
            policy: GatePolicy(
                probeDomains: ["*.partner.example": ["partner.example"]],
                allowsPrivateAddresses: true
            ),
            good
        ),
        Row("cfg-dane-mandatory", "DANE is demanded", "I", settings: ["smtpDaneMode": "Mandatory"], good),
    ]
}
