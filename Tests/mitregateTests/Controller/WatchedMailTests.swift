import ExchangeSimulator
import Foundation
import Laboratory
import Testing
import TestSupport
import Transfers

/// Mail after a change, as a running controller judges it: real partner servers for the gate, a simulated trace.
///
/// The watch reckons in the service's own time, so moving the simulator's clock is all that makes a day short. A time that jumps is
/// doubted once and believed when the next round bears it out, which `reconcile` brings about.
@Suite(.enabled(if: PartnerServer.isAvailable, "install stunnel4"), .timeLimit(.minutes(5)))
struct WatchedMailTests {
    static func outbound(_ hosts: String = "127.0.0.1", _ more: String = "") -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata: {name: fabrikam, annotations: {mitregate.dev/accept-risk: "Agreed with Fabrikam."}}
        spec: {name: To Fabrikam, connectorType: Partner, useMXRecord: false, smartHosts: ["\(hosts)"],
               recipientDomains: [fabrikam.example]\(more.isEmpty ? "" : ", \(more)")}

        """
    }

    /// What the simulator's mail meets: two relays of Fabrikam, one of which Exchange cannot reach.
    static func mail(_ faults: String = "") -> String {
        """
        "quirks": {"privateSmartHostsAllowed": true},
        "mail": {"trace": {"lag": 0, "repeats": 0},
          "servers": [{"name": "relay1.fabrikam.example", "address": "127.0.0.1"},
                      {"name": "relay2.fabrikam.example", "address": "127.0.0.2"}],
          "faults": [{"fault": "timed-out", "host": "relay2.fabrikam.example"}\(faults.isEmpty ? "" : ", \(faults)")]}
        """
    }

    static let watch = "watch: {mail: trace, for: 24h, settle: 0s, onRegression: roll-back}"

    /// A controller in sync with one outbound connector, next to a partner that takes mail over TLS.
    static func with(
        first: String = outbound(),
        _ body: @escaping @Sendable (ControllerBed, PartnerServer) async throws -> Void
    ) async throws {
        try await PartnerServer.with { server in
            nonisolated(unsafe) let server = server  // one test, one task at a time
            try await ControllerBed.with(
                tenant: mail(),
                settings: watch,
                more: "gate: {networks: any, port: \(server.port), timeout: 5s}",
                files: ["fabrikam.yaml": first]
            ) { (bed: ControllerBed, _: Running) async throws in
                try await bed.until("in sync") { try await bed.state() == "in-sync" }
                try await body(bed, server)
            }
        }
    }

    /// Commits another definition and waits until it is written and watched.
    static func change(_ bed: ControllerBed, to definition: String) async throws {
        let count = bed.laboratory.changes.count
        try bed.laboratory.repository.write(definition, to: "tenants/contoso/fabrikam.yaml")
        try await bed.laboratory.repository.commit("Another")
        try await bed.until("written") { bed.laboratory.changes.count > count }
        try await bed.until("in sync") { try await bed.state() == "in-sync" }
        try await bed.until("watched") {
            try await bed.watches().contains { ["settling", "watching"].contains($0["state"] as? String) }
        }
        let watches = try await bed.command("watch", "list", "-o", "json")
        try await Validator.hold(watches, to: "Watches", of: bed.laboratory.mitregate)
    }

    /// Six people write, and an hour passes; two rounds look at what became of it.
    static func letAnHourPass(_ bed: ControllerBed) async throws {
        for number in 1...6 {
            try bed.laboratory.simulator.send(
                tenant: Laboratory.tenantID,
                from: "person\(number)@contoso.com",
                to: ["partner\(number)@fabrikam.example"]
            )
        }
        try bed.laboratory.simulator.moveClock(by: 3_300)
        for _ in 1...3 { _ = try await bed.command("reconcile", "--tenant", "contoso", "--wait") }
    }

    static func smartHosts(_ bed: ControllerBed) throws -> [String] {
        let rows = try bed.laboratory.tenantState()["outboundConnectors"] as? [[String: Any]]
        return (rows?.first?["SmartHosts"] as? [String] ?? []).map { $0.replacingOccurrences(of: "[", with: "") }
            .map { $0.replacingOccurrences(of: "]", with: "") }
    }

    @Test func `an approved plan whose partner got worse meanwhile is not written`() async throws {
        try await PartnerServer.with { server in
            nonisolated(unsafe) let server = server  // one test, one task at a time
            try await ControllerBed.with(
                tenant: Self.mail(),
                settings: "changes: propose",
                more: "gate: {networks: any, port: \(server.port), timeout: 5s}",
                files: ["fabrikam.yaml": Self.outbound("127.0.0.1", "tlsSettings: EncryptionOnly")]
            ) { (bed: ControllerBed, _: Running) async throws in
                try await bed.until("waiting") { try await bed.state() == "waiting" }
                let plans = try await bed.object("/api/v1/plans")["plans"] as? [[String: Any]]
                let plan = try #require(plans?.first)
                #expect(["pass", "warn"].contains(plan["verdict"] as? String), "\(plan)")
                let digest = try #require(plan["changesDigest"] as? String)
                try server.loseSTARTTLS()
                let approved = try await bed.command("approve", digest, "--reason", "reviewed")
                #expect(approved.code == 0, "\(approved)")
                try await bed.until("refused") {
                    let runs = try await bed.object("/api/v1/runs?tenant=contoso")["runs"] as? [[String: Any]]
                    let message = runs?.first?["message"] as? String ?? ""
                    return message.contains("was approved when the TLS gate said") && message.contains("block")
                }
                #expect(bed.laboratory.changes.isEmpty)
                #expect((try await bed.lastEvent("Approved")?["message"] as? String)?.contains("the gate said") == true)
            }
        }
    }

    @Test func `a smart host that is dead is taken back with its figures, and the next good commit goes through`()
        async throws
    {
        try await Self.with { bed, _ in
            try await Self.change(bed, to: Self.outbound("127.0.0.2"))
            #expect(try Self.smartHosts(bed) == ["127.0.0.2"])
            try await Self.letAnHourPass(bed)
            try await bed.until("taken back") { try Self.smartHosts(bed) == ["127.0.0.1"] }
            try await bed.until("told") { try await bed.hasEvent("regressed-taken-back") }
            let event = try #require(try await bed.lastEvent("regressed-taken-back"))
            #expect(event["severity"] as? String == "high")
            #expect((event["message"] as? String)?.contains("4 of 4 messages to fabrikam.example") == true, "\(event)")
            // The commit is quarantined, so the next rounds leave it alone.
            _ = try await bed.command("reconcile", "--tenant", "contoso", "--wait")
            #expect(try Self.smartHosts(bed) == ["127.0.0.1"])
            let page = try await bed.metrics()
            #expect(page.contains(#"mitregate_rollback_total{reason="regressed",tenant="contoso"} 1"#), "\(page)")
            #expect(page.contains(#"mitregate_watch_outcome_total{outcome="regressed-taken-back",tenant="contoso"} 1"#))
            try await Self.change(bed, to: Self.outbound("127.0.0.1", "comment: Good again"))
        }
    }

    @Test func `a partner's outage right after a harmless change does nothing`() async throws {
        try await Self.with { bed, _ in
            try await Self.change(bed, to: Self.outbound("127.0.0.1", "comment: Harmless"))
            try bed.laboratory.simulator.set(
                """
                {"tenant": "\(Laboratory.tenantID)", "mail": {"faults": [{"fault": "refused", "host": "relay1.fabrikam.example"}]}}
                """
            )
            let count = bed.laboratory.changes.count
            try await Self.letAnHourPass(bed)
            try await bed.until("read") { try await bed.watches().contains { $0["notCounted"] as? Int ?? 0 >= 6 } }
            #expect(bed.laboratory.changes.count == count)
            let states = try await bed.watches().compactMap { $0["state"] as? String }
            #expect(!states.contains { $0.hasPrefix("regressed") || $0 == "taking-back" }, "\(states)")
            #expect(try await bed.watches().allSatisfy { $0["bad"] as? Int == 0 })
        }
    }

    @Test func `raised TLS against a partner that loses STARTTLS is held with an alarm, and the partner looked at`()
        async throws
    {
        try await Self.with { bed, server in
            try await Self.change(bed, to: Self.outbound("127.0.0.1", "tlsSettings: EncryptionOnly"))
            try server.loseSTARTTLS()
            try bed.laboratory.simulator.set(
                """
                {"tenant": "\(Laboratory.tenantID)", "mail": {"faults": [{"fault": "starttls-gone", "host": "relay1.fabrikam.example"}]}}
                """
            )
            let count = bed.laboratory.changes.count
            try await Self.letAnHourPass(bed)
            try await bed.until("held") { try await bed.hasEvent("regressed-held") }
            let event = try #require(try await bed.lastEvent("regressed-held"))
            #expect(event["severity"] as? String == "high")
            #expect((event["message"] as? String)?.contains("going back would weaken security") == true, "\(event)")
            #expect(bed.laboratory.changes.count == count, "failing forced TLS is never taken back by itself")
            // Exchange named TLS, so that the partner's server was looked at out of turn, and shows the same.
            try await bed.until("looked at") {
                try await bed.events().contains { ($0["reason"] as? String)?.hasPrefix("starttls-") == true }
            }
        }
    }

    @Test func `a person ends a watch, and it says who and why`() async throws {
        try await Self.with { bed, _ in
            try await Self.change(bed, to: Self.outbound("127.0.0.1", "comment: Harmless"))
            let running = try await bed.watches().first { $0["state"] as? String != "ended-by-person" }
            let watch = try #require(running?["id"] as? String)
            let ended = try await bed.command("watch", "end", watch, "--reason", "The partner moves house.")
            #expect(ended.code == 0 && ended.errors.isEmpty, "\(ended)")
            #expect(ended.output == "contoso: OutboundConnector/fabrikam is no longer watched.\n", "\(ended)")
            try await bed.until("ended") {
                let event = try await bed.lastEvent("ended-by-person")?["message"] as? String ?? ""
                return event.contains("ops") && event.contains("The partner moves house.")
            }
            let state = try await bed.watches().first { $0["id"] as? String == watch }?["state"] as? String
            #expect(state == "ended-by-person")
            let again = try await bed.command("watch", "end", watch, "--reason", "Once more.")
            #expect(again.code == 64, "\(again)")
        }
    }

    @Test func `a service whose clock jumps is told, until its time is believed again`() async throws {
        try await Self.with { bed, _ in
            try await Self.change(bed, to: Self.outbound("127.0.0.1", "comment: Harmless"))
            try bed.laboratory.simulator.moveClock(by: 3_300)
            _ = try await bed.command("reconcile", "--tenant", "contoso", "--wait")
            try await bed.until("doubted") { try await bed.hasEvent("ClockSkewed") }
            let event = try #require(
                try await bed.events().first { $0["condition"] as? String == "ClockSkewed" }
            )
            #expect(event["object"] as? String == "Watch/contoso" && event["tenant"] as? String == "contoso")
            #expect(event["reason"] as? String == "Jumped", "\(event)")
            #expect((event["message"] as? String)?.contains("contoso: the service's time is not believed") == true)
            try await bed.until("believed") {
                _ = try await bed.command("reconcile", "--tenant", "contoso", "--wait")
                return try await bed.hasEvent("ClockSkewed", "cleared")
            }
        }
    }
}
