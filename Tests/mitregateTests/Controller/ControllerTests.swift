import ExchangeSimulator
import Transfers
import Foundation
import Laboratory
import StateStore
import Testing

/// The daemon as an operator meets it: a real process, a simulated tenant, a real repository.
@Suite struct ControllerTests {
    @Test func `a commit is applied by itself, and SIGTERM ends the process in order`() async throws {
        let ending = try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("applied") { bed.laboratory.changes.count == 1 }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            try bed.laboratory.repository.write(
                Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1", more: "  comment: Another"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bed.laboratory.repository.commit("Another address")
            try await bed.until("changed") { bed.laboratory.changes.count == 2 }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let runs = try await bed.object("/api/v1/runs?tenant=contoso")["runs"] as? [[String: Any]]
            #expect(runs?.count { $0["result"] as? String == "applied" } == 2)
        }
        #expect(ending.code == 0, "\(ending)")
    }

    @Test func `drift is found, told with its author, reported as over, and never corrected unasked`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            try bed.laboratory.simulator.edit(
                tenant: Laboratory.tenantID,
                userId: "eve@contoso.com",
                cmdlet: "Set-InboundConnector",
                parameters: #"{"Identity": "From Fabrikam", "RequireTls": false}"#
            )
            try await bed.until("told") { try await bed.hasEvent("Drifted") }
            try await bed.until("drifted") { try await bed.state() == "drifted" }
            #expect(bed.laboratory.changes.count == 1)
            try bed.laboratory.simulator.edit(
                tenant: Laboratory.tenantID,
                userId: "eve@contoso.com",
                cmdlet: "Set-InboundConnector",
                parameters: #"{"Identity": "From Fabrikam", "RequireTls": true}"#
            )
            try await bed.until("over") { try await bed.hasEvent("Drifted", "cleared") }
        }
    }

    @Test func `drift has its author within minutes where the activity feed is granted`() async throws {
        let application = """
            "auditLatency": 5400, "activityFeed": {"latency": 0},
            "applications": [{"clientId": "\(Laboratory.clientID)", "clientSecret": "\(Laboratory.secret)",
              "roles": ["Exchange.ManageAsApp", "ActivityFeed.Read"], "directoryRoles": ["Exchange Administrator"]}]
            """
        try await ControllerBed.with(tenant: application, settings: "audit: feed") {
            (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            try bed.laboratory.simulator.edit(
                tenant: Laboratory.tenantID,
                userId: "eve@contoso.com",
                cmdlet: "Set-InboundConnector",
                parameters: #"{"Identity": "From Fabrikam", "RequireTls": false}"#
            )
            try await bed.until("named") {
                _ = try await bed.command("reconcile", "--tenant", "contoso", "--wait")
                return try await bed.lastEvent("Drifted")?.description.contains("eve@contoso.com") == true
            }
        }
    }

    @Test func `drift is corrected where the operator says so`() async throws {
        try await ControllerBed.with(settings: "drift: correct, correctAfter: 1s") {
            (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            try bed.laboratory.simulator.edit(
                tenant: Laboratory.tenantID,
                userId: "eve@contoso.com",
                cmdlet: "Set-InboundConnector",
                parameters: #"{"Identity": "From Fabrikam", "RequireTls": false}"#
            )
            try await bed.until("corrected") { bed.laboratory.changes.count == 2 }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
        }
    }

    @Test func `what was switched off in an emergency is not put back, although drift is corrected`() async throws {
        try await ControllerBed.with(settings: "drift: correct, correctAfter: 1s") {
            (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let disable = [
                "break-glass", "disable", "fabrikam", "--tenant", "contoso", "--reason", "A breach.", "--auto-approve",
            ]
            // A round may be at work: a tenant takes one run at a time.
            try await bed.until("disabled") { try await bed.laboratory.mitregate.run(disable).code == 0 }
            let written = bed.laboratory.changes.count
            // Drift in another field is put back in a later round, by which the controller has seen the connector as it is.
            try bed.laboratory.simulator.edit(
                tenant: Laboratory.tenantID,
                userId: "eve@contoso.com",
                cmdlet: "Set-InboundConnector",
                parameters: #"{"Identity": "From Fabrikam", "RequireTls": false}"#
            )
            try await bed.until("corrected") { bed.laboratory.changes.count > written }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let rows = try bed.laboratory.tenantState()["inboundConnectors"] as? [[String: Any]]
            #expect(rows?.first { $0["Name"] as? String == "From Fabrikam" }?["Enabled"] as? Bool == false)
            #expect(rows?.first { $0["Name"] as? String == "From Fabrikam" }?["RequireTls"] as? Bool == true)
            let status = try await bed.laboratory.mitregate("status")
            #expect(status.output.contains("disabled by break-glass until"), "\(status)")
            let told = try await bed.command("status", "--server", "http://127.0.0.1:\(bed.port)")
            #expect(told.output.contains("disabled by break-glass until"), "\(told)")
        }
    }

    @Test func `a suspended tenant is read and not written`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let suspended = try await bed.command(
                "suspend",
                "--tenant",
                "contoso",
                "--until",
                "2099-01-01",
                "--reason",
                "migration"
            )
            #expect(suspended.code == 0, "\(suspended)")
            try await bed.until("suspended") { try await bed.state() == "suspended" }
            try bed.laboratory.repository.write(
                Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1", more: "  comment: Another"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            let commit = try await bed.laboratory.repository.commit("Not yet")
            let asked = try await bed.command("reconcile", "--tenant", "contoso", "--wait")
            #expect(bed.laboratory.changes.count == 1, "\(asked)")
            #expect(try await bed.command("resume", "--tenant", "contoso").code == 0)
            try await bed.until("applied") { bed.laboratory.changes.count == 2 }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let status = try await bed.object("/api/v1/tenants/contoso")["status"] as? [String: Any]
            #expect(status?["revision"] as? String == commit)
        }
    }

    @Test func `a proposed plan waits for its approval`() async throws {
        try await ControllerBed.with(settings: "changes: propose") { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("waiting") { try await bed.state() == "waiting" }
            #expect(bed.laboratory.changes.isEmpty)
            // It waits through rounds that only look whether something moved.
            let looked = bed.laboratory.simulator.requests().count
            try await bed.until("looked") { bed.laboratory.simulator.requests().count >= looked + 4 }
            let plans = try await bed.object("/api/v1/plans")["plans"] as? [[String: Any]]
            let digest = try #require(plans?.first?["changesDigest"] as? String)
            let digits = String(digest.dropFirst("sha256:".count).prefix(12))
            let wrong = try await bed.command("approve", "000000000000", "--reason", "guessing")
            #expect(wrong.code != 0)
            let approved = try await bed.command("approve", digits, "--reason", "reviewed")
            #expect(approved.code == 0, "\(approved)")
            try await bed.until("applied") { bed.laboratory.changes.count == 1 }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            #expect(try await bed.hasEvent("Approved"))
        }
    }

    @Test func `what only the gate wants a person for waits with its plan, and goes through once approved`()
        async throws
    {
        // Of this partner no certificate was ever seen.
        let definition = """
            apiVersion: mitregate.dev/v1
            kind: InboundConnector
            metadata: {name: fabrikam}
            spec: {name: From Fabrikam, connectorType: Partner, senderDomains: [fabrikam.example], requireTls: true,
                   restrictDomainsToCertificate: true, tlsSenderCertificateName: mail.fabrikam.example}
            """
        try await ControllerBed.with(files: ["fabrikam.yaml": definition]) {
            (bed: ControllerBed, _: Running) async throws in
            try await bed.until("asked for") { try await bed.hasEvent("Approved") }
            #expect(bed.laboratory.changes.isEmpty)
            let plans = try await bed.object("/api/v1/plans")["plans"] as? [[String: Any]]
            let plan = try #require(plans?.first)
            #expect(plan["verdict"] as? String == "approve")
            let digest = try #require(plan["changesDigest"] as? String)
            // Whoever saw a better verdict has not seen this one.
            let better = try await bed.command("approve", digest, "--verdict", "warn", "--reason", "they wrote so")
            #expect(better.code != 0 && better.errors.contains("it says\n  approve now"), "\(better)")
            #expect(bed.laboratory.changes.isEmpty)
            let approved = try await bed.command("approve", digest, "--verdict", "approve", "--reason", "they wrote so")
            #expect(approved.code == 0, "\(approved)")
            try await bed.until("applied") { bed.laboratory.changes.count == 1 }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
        }
    }

    @Test func `a bad configuration is refused at SIGHUP, and the old one stays in force`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, running: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let file = bed.laboratory.folder.appending(path: "mitregate.yaml")
            let good = try String(contentsOf: file, encoding: .utf8)
            try Data(good.replacingOccurrences(of: "branch: main", with: "branche: main").utf8).write(to: file)
            kill(running.process, SIGHUP)
            try await bed.until("refused") { try await bed.hasEvent("configuration-refused") }
            let event = try #require(
                try await bed.events().first { $0["condition"] as? String == "configuration-refused" }
            )
            #expect((event["message"] as? String)?.contains("mitregate.yaml:6") == true)
            try await bed.until("in sync still") { try await bed.state() == "in-sync" }
            try Data(good.utf8).write(to: file)
            kill(running.process, SIGHUP)
            try await bed.until("taken") { try await bed.hasEvent("configuration-refused", "cleared") }
        }
    }

    @Test func `a run by request is answered by a run that began after it`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            try bed.laboratory.repository.write(
                Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1", more: "  comment: Another"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bed.laboratory.repository.commit("Now")
            let ending = try await bed.command("reconcile", "--tenant", "contoso", "--wait")
            #expect(ending.code == 0, "\(ending)")
            #expect(bed.laboratory.changes.count == 2)
        }
    }

    @Test func `a commit that cannot be read blinds no one to what is in the tenant`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            try bed.laboratory.simulator.edit(
                tenant: Laboratory.tenantID,
                userId: "eve@contoso.com",
                cmdlet: "New-InboundConnector",
                parameters: #"""
                    {"Name": "Evil", "ConnectorType": "OnPremises", "SenderDomains": ["*"],
                     "SenderIPAddresses": ["203.0.113.9"], "RequireTls": false}
                    """#
            )
            try await bed.until("alarm") { try await bed.transitions(about: "Evil") == ["raised"] }
            try bed.laboratory.repository.write("kind: [", to: "tenants/contoso/broken.yaml")
            try await bed.laboratory.repository.commit("Broken")
            try await bed.until("told of the broken file") {
                try await bed.events().contains {
                    ($0["message"] as? String)?.contains("(broken.yaml:2:1)") == true
                }
            }
            #expect(try await bed.command("reconcile", "--tenant", "contoso", "--wait").code != 0)
            #expect(try await bed.transitions(about: "Evil") == ["raised"])
            #expect(try await bed.transitions(about: "From Fabrikam").isEmpty)
        }
    }

    @Test func `metrics and events name the tenant and no secret`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let page = String(decoding: try await bed.send(.get, "/metrics").body, as: UTF8.self)
            #expect(page.contains(#"mitregate_source_healthy{source="mail-flow"} 1"#))
            #expect(page.contains(#"mitregate_live_read_age_seconds{tenant="contoso"}"#))
            #expect(!page.contains(Laboratory.secret) && !page.contains(ControllerBed.token))
            let events = try await bed.command("events")
            #expect(events.code == 0)
            #expect(!events.output.contains(Laboratory.secret))
        }
    }

    @Test func `the end of its own credential is told, as an event and as a metric`() async throws {
        let end = Date().addingTimeInterval(5 * 86_400)
        let application = #"""
            "applications": [{"clientId": "\#(Laboratory.clientID)", "roles": ["Exchange.ManageAsApp", "Application.Read.All"],
              "clientSecrets": [{"value": "\#(Laboratory.secret)", "expires": "\#(end.ISO8601Format())"}],
              "directoryRoles": ["Exchange Administrator"]}]
            """#
        try await ControllerBed.with(tenant: application) { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("told") { try await bed.hasEvent("credential-ends") }
            let event = try #require(try await bed.lastEvent("credential-ends"))
            #expect(event["reason"] as? String == "ends-in-7-days")
            #expect(event["object"] as? String == "Credential/contoso")
            #expect(!"\(event)".contains(Laboratory.secret.prefix(12)))
            let page = try await bed.metrics()
            #expect(page.contains(#"mitregate_credential_expiry_timestamp_seconds{tenant="contoso"} "#))
        }
    }

    @Test func `SIGTERM folds the store's log into its file, while someone follows the events`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, running: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let log = bed.laboratory.store + "-wal"
            #expect(FileManager.default.fileExists(atPath: log))
            let follower = Task { try await bed.command("events", "-f") }
            kill(running.process, SIGTERM)
            _ = try await follower.value
            try await bed.until("folded") { !FileManager.default.fileExists(atPath: log) }
        }
    }

    @Test func `a controller that cannot listen says so and ends with 1`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let bed = laboratory.folder.appending(path: "mitregate.yaml")
            var text = try String(contentsOf: bed, encoding: .utf8)
            text += "\nserver: {listen: \"0.0.0.0:8080\"}\n"
            try Data(text.utf8).write(to: bed)
            let ending = try await laboratory.mitregate("controller")
            #expect(ending.code == 1)
            #expect(ending.errors.contains("listen"))
            #expect(laboratory.simulator.requests().isEmpty)
        }
    }

    @Test func `a second controller waits, and ends when it is asked to`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let second = try await bed.laboratory.mitregate.run(["controller"]) { running in
                try await running.says("waits to take over")
                kill(running.process, SIGTERM)
            }
            #expect(second.code == 0, "\(second)")
            try await bed.until("in sync still") { try await bed.state() == "in-sync" }
        }
    }

    @Test func `a tenant whose memory cannot be read is left alone, and that is an alarm until it can`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, running: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            kill(running.process, SIGKILL)
            let store = try await SQLiteStore(path: bed.laboratory.store)
            let good = try #require(try await store.documents(DocumentQuery(.lane, key: "contoso")).first)
            var bad = good
            bad.json = #"{"tenant": 7}"#
            try await store.commit(ControllerChange(documents: [bad]))
            try bed.laboratory.repository.write(
                Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1", more: "  comment: Another"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bed.laboratory.repository.commit("Not obeyed blindly")
            let next = try await bed.laboratory.mitregate.run(["controller"]) { running in
                try await bed.until("alarm") {
                    try await bed.events().contains { $0["reason"] as? String == "MemoryUnreadable" }
                }
                #expect(bed.laboratory.changes.count == 1)
                try await store.commit(ControllerChange(documents: [good]))
                try await bed.until("over") { try await bed.hasEvent("Stalled", "cleared") }
                try await bed.until("applied") { bed.laboratory.changes.count == 2 }
                kill(running.process, SIGTERM)
            }
            #expect(next.code == 0, "\(next)")
            await store.close()
        }
    }

    @Test func `what a killed controller left is taken over by the next`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, running: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            kill(running.process, SIGKILL)
            let next = try await bed.laboratory.mitregate.run(["controller"]) { running in
                try await bed.until("in sync") { try await bed.state() == "in-sync" }
                kill(running.process, SIGTERM)
            }
            #expect(next.code == 0, "\(next)")
        }
    }
}
