import Probing
import Testing

@Suite struct NetworkAddressTests {
    @Test(
        arguments: [
            ("168.63.129.16", "cloud platform"), ("168.63.129.17", nil), ("192.0.2.1", "documentation"),
            ("10.1.2.3", "private"), ("172.31.255.255", "private"), ("172.32.0.0", nil),
            ("100.64.0.1", "carrier-grade NAT"), ("100.128.0.0", nil), ("127.0.0.1", "loopback"),
            ("0.0.0.0", "this network"),
            ("169.254.169.254", "link-local"), ("198.18.0.1", "benchmarking"), ("198.20.0.0", nil),
            ("224.0.0.1", "multicast"), ("255.255.255.255", "broadcast"), ("250.0.0.1", "reserved"), ("8.8.8.8", nil),
            ("2a00:1450::1", nil), ("::1", "loopback"), ("::", "unspecified"), ("fe80::1", "link-local"),
            ("fd00:25::1", "unique local"), ("2001:db8::1", "documentation"), ("3fff::1", "documentation"),
            ("2001::1", "IETF protocol assignments"), ("2001:4860::8888", nil), ("2002:a01:203::1", "6to4"),
            ("ff02::1", "multicast"), ("4000::1", "reserved"), ("::ffff:10.0.0.1", "private"), ("::ffff:8.8.8.8", nil),
            ("64:ff9b::7f00:1", "loopback"), ("64:ff9b::808:808", nil), ("::7f00:1", "reserved"),
        ] as [(String, String?)]
    )
    func `an address that is not public says what it is`(_ text: String, _ purpose: String?) throws {
        let address = try #require(NetworkAddress(text))
        #expect(address.specialPurpose == purpose)
        #expect(ReachableNetworks.any.objection(to: address) == nil)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4\u{0}", "fe80::1%eth0", "[::1]", "host",
    ])
    func `what is no address is not taken for one`(_ text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test func `neighbours share their first 24 or 64 bits`() throws {
        #expect(NetworkAddress("203.0.113.7")?.neighbourhood == NetworkAddress("203.0.113.0"))
        #expect(NetworkAddress("2001:db8:1:2:3::4")?.neighbourhood == NetworkAddress("2001:db8:1:2::"))
    }

    @Test func `a block lists its first addresses`() throws {
        let block = try #require(AddressBlock("192.0.2.254/30"))
        #expect(block.first(16).map(\.description) == ["192.0.2.252", "192.0.2.253", "192.0.2.254", "192.0.2.255"])
        #expect(AddressBlock("192.0.2.0/33") == nil)
        #expect(AddressBlock("10.0.0.255/8")?.first(2).map(\.description) == ["10.0.0.0", "10.0.0.1"])
        #expect(AddressBlock("2001:db8::/32")?.size == .max)
    }
}
