import ExchangeSimulator
import Foundation
import Testing

@Suite struct MutationTests {
    /// A small generator with a fixed start, so that a failure comes again.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private static let bodies = [
        Client.body("Get-OutboundConnector", #"{"Identity": null, "ResultSize": 5}"#),
        Client.body(
            "Set-InboundConnector",
            #"{"Identity": "In", "SenderIPAddresses": ["203.0.113.0/24"], "Enabled": true}"#
        ),
        Client.body(
            "New-TransportRule",
            #"{"Name": "\u00e4 \"x\"", "RecipientDomainIs": ["a.example"], "Priority": 0}"#
        ),
        Client.body(
            "Set-OutboundConnector",
            ##"{"Identity": "Out", "RecipientDomains": {"@odata.type": "#Exchange.GenericHashTable", "add": ["b.example"]}}"##
        ),
    ]

    @Test(arguments: 0..<4)
    func `a damaged body gets an answer of the service, and the tenant stays whole`(start: Int) async throws {
        try await withSimulator { client async throws in
            var generator = Generator(state: UInt64(start) &+ 99)
            for _ in 0..<60 {
                var bytes = Array(Self.bodies[start].utf8)
                for _ in 0...Int.random(in: 0...2, using: &generator) {
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: bytes[index] = UInt8.random(in: 0x20...0x7E, using: &generator)
                    case 1: bytes.remove(at: index)
                    default: bytes.insert(bytes[index], at: index)
                    }
                }
                let reply = try await client.send("POST", Client.path, body: String(decoding: bytes, as: UTF8.self))
                #expect([200, 400, 403, 404].contains(reply.status))
            }
            let other = try await ExchangeSimulator.start(seed: client.simulator.state())
            #expect(other.state() == client.simulator.state())
            await other.stop()
        }
    }
}
