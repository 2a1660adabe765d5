import Connectors
import ExchangeOnline
import ExchangeSimulator
import Testing

@Suite(.timeLimit(.minutes(10)))
struct HostTests {
    private static let redirect =
        #"[{"match": {"path": "/EXOModuleFile"}, "times": "always", "effect": {"redirect": "eur01"}}]"#

    @Test func `a tenant's regional host is found, and asked from then on`() async throws {
        try await withTenant(TenantOptions(host: "localhost")) { tenant in
            try tenant.simulator.setFaults(Self.redirect)
            _ = try await tenant.reader.read(rules: []).get()
            let count = tenant.simulator.requests().count
            _ = try await tenant.reader.read(rules: []).get()
            let later = tenant.simulator.requests().dropFirst(count)
            #expect(Set(later.map { $0.headers["host"] }) == ["eur01.localhost:\(tenant.simulator.port)"])
            #expect(tenant.simulator.requests().filter { $0.path.contains("EXOModuleFile") }.count == 1)
        }
    }

    @Test(arguments: [#"{"redirect": "eur01"}"#, #"{"forbidden": "empty"}"#])
    func `one list goes to the front door while the host is being looked for, and goes on there where it is refused`(
        refusal: String
    ) async throws {
        try await withTenant(TenantOptions(host: "localhost")) { tenant in
            try tenant.simulator.setFaults(
                #"""
                [{"match": {"path": "/EXOModuleFile"}, "times": "always", "effect": {"redirect": "eur01", "hold": "head"}},
                 {"match": {"path": "/InvokeCommand"}, "effect": \#(refusal)}]
                """#
            )
            async let reading = tenant.reader.read(rules: [])
            // The answer that names the host is held until the list is at the front door, so that no other meets its fault.
            func hasSeen(_ isIt: (LoggedRequest) -> Bool) -> Bool { tenant.simulator.requests().contains(where: isIt) }
            while !hasSeen({ $0.cmdlet != nil }) || !hasSeen({ $0.path.contains("EXOModuleFile") }) {
                await Task.yield()
            }
            tenant.simulator.release()
            _ = try await reading.get()
            let lists = tenant.simulator.requests().filter { $0.cmdlet != nil }
            let (port, hosts) = (tenant.simulator.port, lists.map { $0.headers["host"] })
            #expect(lists.count == 6, "five lists, one of them twice")
            #expect(hosts.count { $0 == "localhost:\(port)" } == 1)
            #expect(hosts.count { $0 == "eur01.localhost:\(port)" } == 5)
        }
    }

    @Test func `a host that sends us away is looked up once more`() async throws {
        try await withTenant(TenantOptions(host: "localhost")) { tenant in
            _ = try await tenant.reader.read(rules: []).get()
            try tenant.simulator.setFaults(
                #"""
                [{"match": {"cmdlet": "New-InboundConnector"}, "effect": {"redirect": "eur01"}},
                 {"match": {"path": "/EXOModuleFile"}, "times": "always", "effect": {"redirect": "eur01"}}]
                """#
            )
            let outcome = await tenant.writer.create(
                .inboundConnector,
                name: "In",
                settings: ["senderDomains": ["a.example"], "requireTls": true]
            )
            #expect(outcome.isAccepted)
            #expect(
                tenant.requests("New-InboundConnector").map { $0.headers["host"] } == [
                    "localhost:\(tenant.simulator.port)", "eur01.localhost:\(tenant.simulator.port)",
                ]
            )
        }
    }

    @Test func `an address has no hosts below it, so a redirect means the front door`() async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(Self.redirect)
            _ = try await tenant.reader.read(rules: []).get()
            let hosts = Set(tenant.simulator.requests().map { $0.headers["host"] })
            #expect(hosts == ["127.0.0.1:\(tenant.simulator.port)"])
        }
    }

    struct EndpointCase: CustomTestStringConvertible {
        let testDescription: String
        let isAccepted: Bool
        init(_ address: String, _ isAccepted: Bool) {
            testDescription = address
            self.isAccepted = isAccepted
        }
    }

    @Test(arguments: [
        EndpointCase("https://exchange.example", true), EndpointCase("https://exchange.example:8443/", true),
        EndpointCase("http://127.0.0.1:8080", true), EndpointCase("http://[::1]:8080", true),
        EndpointCase("http://localhost", true), EndpointCase("http://exchange.example", false),
        EndpointCase("http://127.0.0.1.example", false), EndpointCase("https://exchange.example/path", false),
        EndpointCase("https://user@exchange.example", false), EndpointCase("https://exchange.example?x", false),
        EndpointCase("exchange.example", false), EndpointCase("ftp://exchange.example", false),
        EndpointCase("https://", false), EndpointCase("https://a b", false), EndpointCase("https://h:0", false),
        EndpointCase("https://h:70000", false), EndpointCase("https://exchange.example\\@evil.example", false),
    ])
    func `an endpoint is https, or plain http to this machine`(_ example: EndpointCase) {
        let endpoints = try? Endpoints(cloud: .worldwide, login: nil, exchange: example.testDescription, graph: nil)
        #expect((endpoints != nil) == example.isAccepted)
    }

    @Test func `each cloud has its hosts`() {
        #expect(
            Cloud.allCases.map { Endpoints(cloud: $0).exchange } == [
                "https://outlook.office365.com", "https://outlook.office365.us", "https://outlook-dod.office365.us",
                "https://partner.outlook.cn",
            ]
        )
        #expect(Cloud(rawValue: "gcc-high").map { Endpoints(cloud: $0).login } == "https://login.microsoftonline.us")
    }
}
