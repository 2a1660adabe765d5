import Configuration
import Connectors
import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import TestSupport
import Testing

/// Switching a connector off in an emergency: it is off, it stays off, and all of it is told.
@Suite struct BreakGlassTests {
    private static let files = [
        "fabrikam.yaml": Definition.outbound("fabrikam", "enabled: true, comment: one"),
        // This one leaves out that it is enabled, as that is the default.
        "tailspin.yaml": Definition.outbound("tailspin"),
    ]

    private static func with(
        settings: String = "drift: correct",
        _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        try await Bench.with(settings: settings, files: files) { bench in
            try #require(try await bench.apply().exitStatus == .done)
            bench.forget()
            try await body(bench)
        }
    }

    @Test func `it writes one field, and the history has the run with its reason`() async throws {
        try await Self.with { bench in
            let document = try await bench.breakGlass(.disable, "fabrikam")
            #expect(document.exitStatus == .done, "\(document.outcome)")
            #expect(bench.writes.map(\.description) == ["Set-OutboundConnector To fabrikam [\"Enabled\"]"])
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == false)
            let run = try #require(try await bench.runs().first)
            #expect(run.command == .breakGlass && run.result == .applied)
            #expect(run.reason == "disable fabrikam: The partner was breached.")
            #expect(run.connectors.map(\.name) == ["fabrikam"])
            #expect(try await bench.store.journal(run: run.id)?.result == .applied)
        }
    }

    @Test func `drift that is corrected does not put it back, and puts back everything else`() async throws {
        try await Self.with { bench in
            try await bench.breakGlass(.disable, "fabrikam")
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "hers"}"#)
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == false)
            #expect(try bench.outbound("To fabrikam")["Comment"] as? String == "one")
            #expect(try await bench.drift().items.allSatisfy(\.item.accepted))
        }
    }

    @Test func `a new commit about the same connector does not switch it on either`() async throws {
        try await Self.with { bench in
            try await bench.breakGlass(.disable, "fabrikam")
            try bench.repository.write(
                Definition.outbound("fabrikam", "enabled: true, comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bench.repository.commit("Change the comment")
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try bench.outbound("To fabrikam")["Comment"] as? String == "two")
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == false)
        }
    }

    @Test(arguments: ["fabrikam", "tailspin"])
    func `when its time ends it is drift like any other`(name: String) async throws {
        try await Self.with { bench in
            try await bench.breakGlass(.disable, name, for: 3_600)
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try bench.outbound("To \(name)")["Enabled"] as? Bool == false)
            #expect(try await bench.status().breakGlass.map(\.connector.name) == [name])
            bench.shift.advance(by: 3_601)
            #expect(try await bench.status().breakGlass.isEmpty)
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try bench.outbound("To \(name)")["Enabled"] as? Bool == true)
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try await bench.store.emergencies(of: "contoso").isEmpty, "it is forgotten once it is on again")
        }
    }

    @Test func `where drift is only reported, it is reported once the time has ended, and enable still undoes it`()
        async throws
    {
        try await Self.with(settings: "drift: report") { bench in
            try await bench.breakGlass(.disable, "fabrikam", for: 3_600)
            bench.shift.advance(by: 3_601)
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == false)
            #expect(try await bench.drift().items.map(\.item.accepted) == [false])
            #expect(try await bench.breakGlass(.enable, "fabrikam").exitStatus == .done)
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == true)
        }
    }

    @Test func `the printed patch, once committed, decides alone: also when it is reverted`() async throws {
        try await Self.with { bench in
            let document = try await bench.breakGlass(.disable, "fabrikam")
            let patch = bench.laboratory.folder.appending(path: "acceptance.patch")
            try Data(document.patch.utf8).write(to: patch)
            try await bench.repository.git("apply", "--index", patch.path(percentEncoded: false))
            try await bench.repository.commit("Accept the emergency")
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try await bench.store.emergencies(of: "contoso").isEmpty, "git speaks of it now")
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == false)
            try bench.repository.write(nil, to: try Self.file(of: document.patch))
            try await bench.repository.commit("It is over")
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == true)
        }
    }

    private static func file(of patch: String) throws -> String {
        let line = try #require(patch.split(separator: "\n").first { $0.hasPrefix("+++ b/") })
        return String(line.dropFirst("+++ b/".count))
    }

    @Test func `hostile words in the reason stay words in the patch`() async throws {
        try await Self.with { bench in
            let document = try await bench.breakGlass(.disable, "fabrikam", because: "a\"\n+evil: true\u{1B}[2J\\")
            #expect(!document.patch.contains("\u{1B}") && document.patch.split(separator: "\n").count == 17)
        }
    }

    @Test func `it is undone by enable, and only what it switched off is`() async throws {
        try await Self.with { bench in
            let stop = await #expect(throws: RunStop.self) { try await bench.breakGlass(.enable, "fabrikam") }
            #expect(stop?.id == "not-disabled")
            try await bench.breakGlass(.disable, "fabrikam")
            bench.forget()
            #expect(try await bench.breakGlass(.enable, "fabrikam").exitStatus == .done)
            #expect(bench.writes.count == 1)
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == true)
            #expect(try await bench.store.emergencies(of: "contoso").isEmpty)
            #expect(try await bench.drift().items.isEmpty)
        }
    }

    @Test func `rolling back its run undoes it as enable does, and holds no commit`() async throws {
        try await Self.with { bench in
            try await bench.breakGlass(.disable, "fabrikam")
            let run = try #require(try await bench.runs().first)
            #expect(try await bench.rollback(run.id).exitStatus == .done)
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == true)
            #expect(try await bench.store.emergencies(of: "contoso").isEmpty)
            #expect(try await bench.store.standing(of: "contoso").quarantine == nil)
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `what someone switched off by hand before is kept off without a write`() async throws {
        try await Self.with { bench in
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Enabled": false}"#)
            let document = try await bench.breakGlass(.disable, "fabrikam")
            #expect(document.exitStatus == .done && bench.writes.isEmpty)
            #expect(!document.patch.isEmpty)
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == false)
        }
    }

    @Test func `a freeze and a policy that only proposes do not hold it`() async throws {
        let settings = "changes: propose, freezes: [{cron: \"* * * * *\", duration: 1h, timeZone: UTC}]"
        try await Bench.with(files: Self.files) { bench in
            try #require(try await bench.apply().exitStatus == .done)
            try bench.laboratory.configure(settings: settings)
            #expect(try await bench.breakGlass(.disable, "fabrikam").exitStatus == .done)
        }
    }

    @Test func `a name that is not managed is refused, with the nearest one`() async throws {
        try await Self.with { bench in
            let stop = await #expect(throws: RunStop.self) { try await bench.breakGlass(.disable, "fabrikan") }
            #expect(stop?.id == "name-unknown" && stop?.remedy.contains("fabrikam") == true)
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `a write that was refused leaves no word behind`() async throws {
        try await Self.with { bench in
            try bench.faults(Fault.refusing("Set-OutboundConnector", times: 20))
            let document = try await bench.breakGlass(.disable, "fabrikam")
            #expect(document.exitStatus != .done && document.emergencies.isEmpty)
            #expect(try await bench.store.emergencies(of: "contoso").isEmpty)
        }
    }

    @Test func `a second one that is refused leaves the word of the first`() async throws {
        try await Self.with { bench in
            try await bench.breakGlass(.disable, "fabrikam")
            let first = try await bench.store.emergencies(of: "contoso")
            try #require(first.count == 1)
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Enabled": true}"#)
            try bench.faults(Fault.refusing("Set-OutboundConnector", times: 20))
            let document = try await bench.breakGlass(.disable, "fabrikam", because: "Once more.")
            #expect(document.exitStatus != .done, "\(document.outcome)")
            #expect(try await bench.store.emergencies(of: "contoso") == first)
        }
    }

    private static let unreadable =
        #"{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"status": 503, "body": "html"}}"#

    /// Disables or enables in a run that is cut off: these faults strike from its first write on.
    private static func cutOff(
        _ action: EmergencyPlanner.Action,
        _ bench: Bench,
        _ faults: [String] = [Self.unreadable]
    ) async throws {
        let environment = try bench.environment { event in
            if case .waiting(let what) = event.what, what.hasPrefix("writing") {
                try? bench.faults("[\(faults.joined(separator: ", "))]")
            }
        }
        let document = try await bench.breakGlass(action, "fabrikam", in: environment)
        #expect(document.outcome.error?.id == "run-unfinished", "\(document.outcome)")
        #expect(try await bench.store.emergencies(of: "contoso").count == 1)
    }

    @Test func `a run that finishes disabling keeps the word, and a quarantine that there was`() async throws {
        try await Self.with { bench in
            let quarantine = Quarantine(
                tenant: Bench.tenant,
                revision: String(repeating: "f", count: 40),
                run: "01",
                reason: "It was refused.",
                since: Date(timeIntervalSince1970: 1_790_000_000)
            )
            try await bench.commit(StateChange(quarantine: .set(quarantine)))
            try await Self.cutOff(.disable, bench)
            try bench.faults("[]")
            try await bench.finish()
            #expect(try await bench.runs().first?.result == .applied)
            #expect(try await bench.quarantine() == quarantine)
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == false)
            #expect(try await bench.drift().items.map(\.item.accepted) == [true])
        }
    }

    @Test func `a run that undoes disabling leaves no word behind, and neither does one that finishes enabling`()
        async throws
    {
        try await Self.with { bench in
            let lost = #"{"match": {"cmdlet": "Set-*"}, "times": 1, "effect": {"drop": "before"}}"#
            try await Self.cutOff(.disable, bench, [lost, Self.unreadable])
            try bench.faults(Fault.refusing("Set-OutboundConnector", times: 9))
            try await bench.finish()
            #expect(try await bench.runs().first?.result == .rolledBack)
            #expect(try await bench.store.emergencies(of: "contoso").isEmpty)

            try bench.faults("[]")
            try await bench.breakGlass(.disable, "fabrikam")
            try await Self.cutOff(.enable, bench)
            try bench.faults("[]")
            try await bench.finish()
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == true)
            #expect(try await bench.store.emergencies(of: "contoso").isEmpty)
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Enabled": false}"#)
            #expect(try await bench.drift().items.map(\.item.accepted) == [false], "nobody's word is left for it")
        }
    }

    @Test func `an export of the state carries it, so that a plan without the store does not put it back`() async throws
    {
        try await Self.with { bench in
            try await bench.breakGlass(.disable, "fabrikam")
            let (reconciler, tenants) = try bench.reconciler()
            let document = try await reconciler.state(of: tenants)
            let exported = try StateDocument.read(Array(document.json.utf8), file: "state.json")
            let states = Dictionary(uniqueKeysWithValues: exported.tenants.map { ($0.tenant, $0) })
            let plan = try await bench.plan(Bench.options { $0.states = states })
            #expect(plan.plan?.changes.isEmpty == true)
        }
    }

    @Test func `a patch that could not be made is told, and the same command makes it later`() async throws {
        try await Self.with { bench in
            let store = FailingStore(base: bench.store)
            let environment = try bench.environment(store: store) { event in
                if case .ended = event.what { store.fails.set(true) }
            }
            let document = try await bench.breakGlass(.disable, "fabrikam", in: environment)
            #expect(document.exitStatus == .error && document.patch.isEmpty, "\(document.outcome)")
            let error = try #require(document.outcome.error)
            #expect(error.id == "patch-missing" && error.message.contains("fabrikam in contoso is disabled, but"))
            #expect(error.message.contains("the disk is gone"), "\(error)")
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == false)

            let again = try await bench.breakGlass(.disable, "fabrikam")
            #expect(again.exitStatus == .done && again.patch.contains("AcceptedDrift"), "\(again.outcome)")
        }
    }

    @Test func `a word that cannot be read holds the tenant, as what it forbids is not known`() async throws {
        try await Self.with { bench in
            let spoiled = Document(.breakGlass, "contoso/x", tenant: "contoso", json: "{}")
            try await bench.store.commit(ControllerChange(documents: [spoiled]))
            let outcome = try await bench.apply()
            #expect(outcome.exitStatus == .error && bench.writes.isEmpty, "\(outcome)")
        }
    }
}

extension Bench {
    @discardableResult
    fileprivate func breakGlass(
        _ action: EmergencyPlanner.Action,
        _ name: String,
        for seconds: TimeInterval = 86_400,
        because reason: String = "The partner was breached.",
        in environment: RunEnvironment? = nil
    ) async throws -> BreakGlassDocument {
        let environment = try environment ?? self.environment()
        let now = Date().addingTimeInterval(shift.seconds)
        let run = BreakGlassRun(
            BreakGlassRun.Wish(action, name: name, reason: reason, until: now.addingTimeInterval(seconds)),
            in: try #require(environment.configuration.tenants.first),
            Reconciler(environment)
        )
        let plan = try await run.plan()
        return await run.perform(expecting: plan)
    }
}
