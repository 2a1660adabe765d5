import ExchangeSimulator
import Foundation
import Laboratory
import Testing
import Transfers

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
            // Its own credentials are looked at soon after the start, for Graph.
            try await bed.until("signed in twice") { simulator.requests().count { $0.path.contains("/token") } > 1 }

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

    /// Writes the configuration in another way, and has it read.
    private static func change(_ bed: ControllerBed, _ running: Running, _ edit: (String) -> String) throws {
        let file = bed.laboratory.folder.appending(path: "mitregate.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let changed = edit(text)
        try #require(changed != text, "the edit found what it changes")
        try Data(changed.utf8).write(to: file)
        kill(running.process, SIGHUP)
    }

    private static func tenants(_ bed: ControllerBed) async throws -> [String] {
        let tenants = try await bed.object("/api/v1/tenants")["tenants"] as? [[String: Any]] ?? []
        return tenants.compactMap { $0["tenant"] as? String }
    }

    @Test func `a tenant that SIGHUP brings is looked at, and one that it takes is looked at no more`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, running: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let file = bed.laboratory.folder.appending(path: "mitregate.yaml")
            let first = try String(contentsOf: file, encoding: .utf8)
            try Self.change(bed, running, AskingTests.twoTenants)
            try await bed.until("known") { try await Self.tenants(bed) == ["contoso", "woodgrove"] }
            // No such tenant exists at the service: what it answers shows that it was asked.
            try await bed.until("looked at") {
                try await bed.events().contains { $0["tenant"] as? String == "woodgrove" }
            }
            try Self.change(bed, running) { _ in first }
            try await bed.until("forgotten") { try await Self.tenants(bed) == ["contoso"] }
            #expect(try await bed.command("reconcile", "--tenant", "contoso", "--wait").code == 0)
            #expect(try await bed.command("reconcile", "--tenant", "woodgrove").code == 64)
        }
    }

    @Test func `tokens and their rights count as SIGHUP brings them`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, running: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            try Data("guest-secret-00000".utf8).write(to: bed.laboratory.folder.appending(path: "guest"))
            @Sendable func ask(
                _ method: HTTPRequest.Method = .get,
                _ path: String = "/api/v1/tenants"
            ) async throws -> Int {
                let headers = [("Authorization", "Bearer guest-secret-00000"), ("Content-Type", "application/json")]
                let url = "http://127.0.0.1:\(bed.port)\(path)"
                let body = method == .post ? Array(#"{"tenant": "contoso"}"#.utf8) : nil
                let request = HTTPRequest(method, url, headers: headers, body: body, timeout: .seconds(20))
                return try await bed.pool.send(request).status
            }
            #expect(try await ask() == 401)
            let guest = ", {name: guest, token: {file: guest}, may: [read]}"
            try Self.change(bed, running) { $0.replacing("operate, approve]}", with: "operate, approve]}\(guest)") }
            try await bed.until("let in") { try await ask() == 200 }
            #expect(try await ask(.post, "/api/v1/requests") == 403)
            try Self.change(bed, running) { $0.replacing("may: [read]}", with: "may: [read, operate]}") }
            try await bed.until("let ask") { try await ask(.post, "/api/v1/requests") == 202 }
            try Self.change(bed, running) { text in
                text.replacing(", {name: guest, token: {file: guest}, may: [read, operate]}", with: "")
            }
            try await bed.until("left out") { try await ask() == 401 }
        }
    }

    @Test func `a freeze that SIGHUP brings holds the next commit, and its end lets it through`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, running: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let freeze = #", freezes: [{cron: "* * * * *", duration: 2h}]"#
            try Self.change(bed, running) { $0.replacing("interval: 1s}", with: "interval: 1s\(freeze)}") }
            try await running.says("The configuration was read again.")
            try bed.laboratory.repository.write(
                Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1", more: "  comment: Another"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bed.laboratory.repository.commit("In the freeze")
            try await bed.until("waiting") { try await bed.state() == "waiting" }
            _ = try await bed.command("reconcile", "--tenant", "contoso", "--wait")
            #expect(bed.laboratory.changes.count == 1)
            try Self.change(bed, running) { $0.replacing(freeze, with: "") }
            try await bed.until("applied") { bed.laboratory.changes.count == 2 }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
        }
    }

    @Test func `an interval counts from SIGHUP on`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, running: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            @Sendable func secondsToNextLook() async throws -> TimeInterval {
                let status = try await bed.object("/api/v1/tenants/contoso")["status"] as? [String: Any]
                let next = try Date(status?["nextLook"] as? String ?? "", strategy: .iso8601)
                return next.timeIntervalSinceNow
            }
            try await bed.until("fast at first") { try await secondsToNextLook() < 30 }
            try Self.change(bed, running) { $0.replacing("interval: 1s}", with: "interval: 6h}") }
            // More than the hour after which a full round is due, which is what is shown while a cheap one runs.
            try await bed.until("slow") { try await secondsToNextLook() > 4_500 }
            try Self.change(bed, running) { $0.replacing("interval: 6h}", with: "interval: 1s}") }
            try await bed.until("fast") { try await secondsToNextLook() < 30 }
        }
    }
}
