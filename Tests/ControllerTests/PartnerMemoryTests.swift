import Connectors
import FoundationEssentials
import Reconciling
import Testing

@testable import Controller

struct PartnerMemoryTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let connector = ConnectorKey(kind: .outboundConnector, name: "fabrikam")

    @Test func `mail that fails for TLS has the partner looked at out of turn, and not more than once an hour`() {
        var memory = PartnerMemory(tenant: "contoso")
        memory.looked["\(Self.connector)"] = Self.start
        func isDue(_ minutes: Double) -> Bool {
            memory.isDue(Self.connector, of: "contoso", at: Self.start.addingTimeInterval(minutes * 60))
        }
        #expect(!isDue(0))
        memory.hurry([Self.connector], at: Self.start)
        #expect(isDue(0))
        memory.looked["\(Self.connector)"] = Self.start
        memory.hurry([Self.connector], at: Self.start.addingTimeInterval(300))
        #expect(memory.looked["\(Self.connector)"] != nil)
        memory.hurry([Self.connector], at: Self.start.addingTimeInterval(3_700))
        #expect(memory.looked["\(Self.connector)"] == nil)
    }
}
