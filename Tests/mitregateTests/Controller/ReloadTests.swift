import ExchangeSimulator
import Foundation
import Laboratory
import Testing

/// What a running controller takes over when its configuration is read again.
@Suite struct ReloadTests {
    private static let other = "0b0b0b0b-1b1b-2c2c-3d3d-4e4e4e4e4e4e"

    private static let applications = """
        "applications": [\([Laboratory.clientID, other].map {
            """
            {"clientId": "\($0)", "clientSecret": "\(Laboratory.secret)", "roles": ["Exchange.ManageAsApp"],
             "directoryRoles": ["Exchange Administrator"]}
            """
        }.joined(separator: ", "))]
        """

    @Test func `a credential that SIGHUP brings is signed in with from the next round on`() async throws {
        try await ControllerBed.with(tenant: Self.applications) { (bed: ControllerBed, running: Running) async throws in
            let simulator = bed.laboratory.simulator
            func connections() -> [String] { simulator.requests().compactMap { $0.headers["connection-id"] } }
            func hasSignedIn(_ client: String) -> Bool {
                simulator.requests().contains { $0.path.contains("/token") && $0.body.contains(client) }
            }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let former = try #require(connections().last)
            #expect(hasSignedIn(Laboratory.clientID) && !hasSignedIn(Self.other))

            simulator.clearRequests()
            let file = bed.laboratory.folder.appending(path: "mitregate.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data(text.replacingOccurrences(of: Laboratory.clientID, with: Self.other).utf8).write(to: file)
            kill(running.process, SIGHUP)
            try await bed.until("signed in again") { hasSignedIn(Self.other) }
            try await bed.until("reached by another connection alone") {
                Set(connections().suffix(6)).count == 1 && connections().last != former && connections().count > 6
            }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            #expect(!hasSignedIn(Laboratory.clientID))
        }
    }
}
