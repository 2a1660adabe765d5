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

/// Exchange's own validation of a connector, when a person asks for it.
@Suite struct ConnectorValidationTests {
    private static let tested = [
        "a.yaml": Definition.outbound("fabrikam", "validationRecipients: [tls@fabrikam.example]")
    ]
    private static let failing =
        #""validations": {"To fabrikam": [{"TaskName": "Check connectivity", "IsTaskSuccessful": true}, {"TaskName": "Send test email", "IsTaskSuccessful": false}]}"#

    /// A tenant to which the files were applied, and nothing asked since.
    private static func with(
        tenant: String = "",
        settings: String = "",
        files: [String: String] = tested,
        _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        try await Bench.with(tenant: tenant, settings: settings, files: files) { bench in
            try #require(try await bench.apply().exitStatus == .done)
            bench.forget()
            try await body(bench)
        }
    }

    @Test func `it is asked for once, the tenant records that it passed, and the history keeps the answer`()
        async throws
    {
        try await Self.with { bench in
            let document = try await bench.validate("fabrikam")
            #expect(document.exitStatus == .done && document.error == nil, "\(document)")
            #expect(document.validation?.hasPassed == true)
            #expect(document.validation?.tasks.map(\.name) == ["Check connectivity", "Send test email"])
            #expect(bench.validations == 1)
            #expect(
                bench.parameters(of: "Validate-OutboundConnector")["Recipients"] as? [String] == [
                    "tls@fabrikam.example"
                ]
            )
            #expect(
                bench.writes.map(\.description) == [
                    "Set-OutboundConnector To fabrikam [\"IsValidated\", \"LastValidationTimestamp\"]"
                ]
            )
            let row = try bench.outbound("To fabrikam")
            #expect(row["IsValidated"] as? Bool == true)
            let at = try #require((row["LastValidationTimestamp"] as? String).flatMap(Timestamp.instant))
            #expect(document.validation?.recordedAt == at)

            let run = try #require(try await bench.runs().first)
            #expect(run.id == document.run && run.command == .validateConnector && run.result == .applied)
            #expect(run.exitCode == 0 && run.endedAt != nil && run.reason == "validate fabrikam")
            let evidence = try await bench.store.evidence(run: run.id).map(\.json)
            #expect(evidence.count == 2)
            #expect(evidence.first?.contains(#""before":{"isValidated":false,"lastValidationTimestamp":null}"#) == true)
            #expect(evidence.last?.contains("Send test email") == true)
            let step = try #require(try await bench.store.journal(run: run.id)?.steps.first)
            #expect(step.state == .confirmed && step.write.validatedAt == at)
            #expect(step.before?.validated == ValidatedState(isValidated: false))
            #expect(run.message == document.validation?.sentence)

            #expect(try await bench.drift().items.isEmpty, "the validated state is not a setting")
            #expect(try await bench.apply().result == .unchanged)
        }
    }

    @Test func `a test that failed records nothing and undoes nothing`() async throws {
        try await Self.with(tenant: Self.failing) { bench in
            let document = try await bench.validate("fabrikam")
            #expect(document.exitStatus == .error && document.error?.id == "validation-failed", "\(document)")
            #expect(document.validation?.hasPassed == false && document.validation?.recordedAt == nil)
            #expect(document.error?.message.contains("Send test email") == true)
            #expect(bench.writes.isEmpty)
            #expect(try bench.objects("outboundConnectors").count == 1)
            #expect(try await bench.quarantine() == nil)
            let run = try #require(try await bench.runs().first)
            #expect(run.result == .failed && run.cause == .validationFailed && run.exitCode == 1)
        }
    }

    /// What the service answers, and how it ends.
    private static let answers: [(effect: String, status: Reports.ExitStatus, id: String)] = [
        (
            #""errorBody": {"type": "Microsoft.Exchange.Data.DataValidationException", "text": "It can't be done."}"#,
            .error, "validation-refused"
        ),
        (#""throttle": {}"#, .unknown, "validation-unknown"),
    ]

    @Test(arguments: answers)
    func `rule 12: a validation without a result is no success, and is not repeated`(
        answer: (effect: String, status: Reports.ExitStatus, id: String)
    ) async throws {
        try await Self.with { bench in
            try bench.faults(Fault.fault("Validate-*", times: #""always""#, answer.effect))
            let document = try await bench.validate("fabrikam")
            #expect(document.exitStatus == answer.status && document.error?.id == answer.id, "\(document)")
            #expect(document.validation?.hasPassed == nil)
            #expect(bench.validations == 1 && bench.writes.isEmpty)
            let run = try #require(try await bench.runs().first)
            #expect(run.result == .failed && run.endedAt != nil)
            #expect(try await bench.unfinished() == nil)
        }
    }

    @Test func `where the state cannot be written it says that it passed, and that this is not recorded`() async throws
    {
        try await Self.with { bench in
            try bench.faults(Fault.refusing("Set-OutboundConnector"))
            let document = try await bench.validate("fabrikam")
            #expect(document.exitStatus == .partlyApplied && document.error?.id == "validation-not-recorded")
            #expect(document.validation?.hasPassed == true && document.validation?.recordedAt == nil)
            #expect(try await bench.runs().first?.result == .partlyApplied)
        }
    }

    @Test(
        arguments: [
            (
                #""ignoreParameters": ["IsValidated", "LastValidationTimestamp"]"#,
                "accepted it, but IsValidated is false"
            ),
            (#""ignoreParameters": ["LastValidationTimestamp"]"#, "accepted it, but LastValidationTimestamp is empty"),
        ] as [(effect: String, words: String)]
    )
    func `rule 3: a record that the service accepts and does not keep is not taken for recorded`(
        example: (effect: String, words: String)
    ) async throws {
        try await Self.with { bench in
            try bench.faults(Fault.fault("Set-OutboundConnector", times: #""always""#, example.effect))
            let document = try await bench.validate("fabrikam")
            #expect(document.exitStatus == .partlyApplied && document.error?.id == "validation-not-recorded")
            #expect(document.error?.message.contains(example.words) == true, "\(document)")
            #expect(document.validation?.hasPassed == true && document.validation?.recordedAt == nil)
            #expect(bench.writes.count == 1)
            #expect(try await bench.unfinished() == nil)
            #expect(try await bench.runs().first?.result == .partlyApplied)
            #expect(try await bench.quarantine() == nil)
        }
    }

    /// What another administrator changes while Exchange validates, and what is said of it.
    private static let changes: [(parameters: String, words: String)] = [
        (#""Comment": "by hand""#, "someone else has changed comment since the validation"),
        (
            #""IsValidated": true, "LastValidationTimestamp": "2026-11-20T08:20:00Z""#,
            "someone else has recorded another validation since"
        ),
    ]

    @Test(arguments: changes)
    func `what others changed during the validation was not validated, and is not written over`(
        change: (parameters: String, words: String)
    ) async throws {
        try await Self.with { bench in
            let edit =
                #""editAfter": {"userId": "eve@contoso.com", "cmdlet": "Set-OutboundConnector", "parameters": {"Identity": "To fabrikam", \#(change.parameters)}}"#
            try bench.faults(Fault.fault("Validate-OutboundConnector", edit))
            let document = try await bench.validate("fabrikam")
            #expect(document.exitStatus == .partlyApplied && document.error?.id == "validation-not-recorded")
            #expect(document.error?.message.contains(change.words) == true, "\(document)")
            #expect(bench.writes.isEmpty, "\(document)")
        }
    }

    /// Where the process dies, and whether its write took effect by then.
    private static let deaths: [(state: Journal.Step.State, isWritten: Bool)] = [
        (.planned, false), (.sending, false), (.sending, true), (.sent, true),
    ]

    @Test(arguments: deaths)
    func `a process that dies while it is recorded is finished by the next run, without new messages`(
        death: (state: Journal.Step.State, isWritten: Bool)
    ) async throws {
        try await Self.with { bench in
            let (id, at) = try await bench.leaveRecord(death.state)
            if death.isWritten {
                try bench.edit(
                    "Set-OutboundConnector",
                    #"{"Identity": "To fabrikam", "IsValidated": true, "LastValidationTimestamp": "\#(Timestamp.text(at))"}"#
                )
            }
            #expect(try await bench.apply().error == nil)
            let run = try #require(try await bench.runs().first { $0.id == id })
            #expect(run.command == .validateConnector && run.result == .applied && run.exitCode == 0)
            #expect(run.message.contains("passed, and the tenant records it as validated at \(Timestamp.text(at))"))
            #expect(try await bench.unfinished() == nil)
            #expect(bench.validations == 0 && bench.writes.count == (death.isWritten ? 0 : 1))
            #expect(try bench.outbound("To fabrikam")["IsValidated"] as? Bool == true)
        }
    }

    @Test func `while the tenant cannot be read the record stays open, and it says what comes next`() async throws {
        try await Self.with { bench in
            _ = try await bench.plan()
            let ofOneReading = bench.simulator.requests().count { $0.cmdlet == "Get-OutboundConnector" }
            try bench.faults(
                #"[{"match": {"cmdlet": "Get-OutboundConnector", "nth": \#(ofOneReading + 1)}, "times": "always", "effect": {"truncate": true}}]"#
            )
            let document = try await bench.validate("fabrikam")
            #expect(document.exitStatus == .unknown && document.error?.id == "run-unfinished", "\(document)")
            #expect(document.error?.message.contains("passed, and whether the tenant records it is not known") == true)
            #expect(document.error?.remedy.contains("sends no message") == true)
            #expect(try await bench.unfinished() != nil)
            try bench.faults("[]")
            let again = try await bench.validate("fabrikam")
            #expect(again.exitStatus == .done, "\(again)")
            #expect(try await bench.runs().count { $0.command == .validateConnector && $0.result == .applied } == 2)
        }
    }

    @Test func `there is nothing to roll back of it`() async throws {
        try await Self.with { bench in
            let run = try #require(try await bench.validate("fabrikam").run)
            #expect(!ShowReport.text(try await bench.shown(run)).contains("mitregate rollback"))
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "by hand"}"#)
            bench.forget()
            await #expect {
                _ = try await bench.rollback(run)
            } throws: { error in
                (error as? RunStop)?.id == "nothing-to-restore"
            }
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `show tells what the tenant recorded before, and after`() async throws {
        try await Self.with { bench in
            let document = try await bench.validate("fabrikam")
            let at = try #require(document.validation?.recordedAt)
            let text = ShowReport.text(try await bench.shown(try #require(document.run)))
            #expect(text.contains("done, and read back"), "\(text)")
            #expect(text.contains("IsValidated: false → true"), "\(text)")
            #expect(text.contains("→ \(Timestamp.text(at))"), "\(text)")
        }
    }

    @Test func `a state in a form that cannot be read is told as not known, and never taken for recorded`()
        async throws
    {
        try await Self.with { bench in
            var row = try bench.outbound("To fabrikam")
            row["IsValidated"] = ["a": 1]
            let json = String(decoding: try JSONSerialization.data(withJSONObject: row), as: UTF8.self)
            try bench.faults(Fault.fault("Get-OutboundConnector", times: #""always""#, #""rows": [\#(json)]"#))
            let document = try await bench.validate("fabrikam")
            let warning = try #require(document.validation?.warnings.first, "\(document)")
            #expect(warning.contains("\"To fabrikam\"") && warning.contains("cannot be read"))
            #expect(document.exitStatus == .partlyApplied, "\(document)")
            #expect(document.error?.message.contains("in a form that cannot be read") == true)
            #expect(document.validation?.recordedAt == nil)
            let run = try #require(document.run)
            let evidence = try await bench.store.evidence(run: run).map(\.json)
            #expect(evidence.first?.contains(#""before":null"#) == true)
            let text = ShowReport.text(try await bench.shown(run))
            #expect(text.contains("What it recorded before could not be read."), "\(text)")
            #expect(ConnectorValidationReport.text(document).contains("is not known"))
            #expect(try await bench.plan().plan != nil, "no plan hangs on it")
        }
    }

    @Test func `what a person was asked about must come out again`() async throws {
        try await Self.with { bench in
            let (reconciler, tenants) = try bench.reconciler()
            let validation = ConnectorValidationRun("fabrikam", recipients: [], in: tenants[0], reconciler)
            let preview = try await validation.preview()
            #expect(preview.recipients == ["tls@fabrikam.example"] && preview.displayName == "To fabrikam")
            #expect(bench.validations == 0)
            #expect(try await bench.runs().map(\.command) == [.apply], "a question is not a run")
            try bench.edit(
                "Set-OutboundConnector",
                #"{"Identity": "To fabrikam", "ValidationRecipients": ["eve@fabrikam.example"]}"#
            )
            let document = await validation.perform(expecting: preview)
            #expect(document.exitStatus == .stale && document.error?.id == "plan-stale", "\(document)")
            #expect(document.run == nil && bench.validations == 0 && bench.writes.isEmpty)
        }
    }

    @Test func `what Exchange would refuse with misleading words is told before any message`() async throws {
        let files = [
            "a.yaml": Definition.outbound("fabrikam", "enabled: false, validationRecipients: [tls@fabrikam.example]"),
            "b.yaml": Definition.outbound("litware"), "c.yaml": Definition.inbound("adatum"),
        ]
        try await Self.with(files: files) { bench in
            for (name, id) in [
                ("fabrikam", "connector-disabled"), ("litware", "recipients-missing"), ("adatum", "name-unknown"),
                ("litwaer", "name-unknown"),
            ] {
                let document = try await bench.validate(name)
                #expect(document.error?.id == id, "\(document)")
                #expect(document.run == nil && document.validation == nil)
            }
            #expect(try await bench.validate("litwaer").error?.remedy.contains("litware") == true)
            #expect(bench.validations == 0)
            #expect(try await bench.runs().map(\.command) == [.apply])
            let named = try await bench.validate("litware", recipients: ["a@litware.example"])
            #expect(named.exitStatus == .done)
            #expect(
                bench.parameters(of: "Validate-OutboundConnector")["Recipients"] as? [String] == ["a@litware.example"]
            )
        }
    }

    @Test func `another run of the tenant is not disturbed`() async throws {
        try await Self.with { bench in
            let lease = try await bench.lease(by: .current(run: "other"))
            let document = try await bench.validate("fabrikam")
            #expect(document.exitStatus == .held && document.error?.id == "run-in-progress")
            #expect(bench.validations == 0)
            try await bench.store.release(lease)
        }
    }

    @Test func `a process that died in between leaves a run that says that messages may have been sent`() async throws {
        try await Self.with { bench in
            let record = RunRecord(
                id: "01ZZZZ0000000000000000000A",
                tenant: Bench.tenant,
                command: .validateConnector,
                revision: String(repeating: "0", count: 40),
                startedAt: Date().addingTimeInterval(60)
            )
            try await bench.commit(StateChange(run: record))
            #expect(try await bench.validate("fabrikam").exitStatus == .done)
            let dead = try #require(try await bench.runs().first { $0.id == record.id })
            #expect(dead.result == .failed && dead.message.contains("may have been sent"))
        }
    }
}

extension Bench {
    /// A run that had passed, and died when its record was in this state.
    fileprivate func leaveRecord(_ state: Journal.Step.State) async throws -> (run: String, at: Date) {
        let id = "01ZZZZ0000000000000000000A"
        let at = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down) - 60)
        let guid = try #require(try outbound("To fabrikam")["Guid"] as? String).lowercased()
        let (reconciler, tenants) = try reconciler()
        let observed = try #require(await reconciler.plan(tenants, options: Self.options()).first?.observed)
        let object = try #require(observed.connectors.first { $0.guid == guid })
        let revision = String(repeating: "0", count: 40)
        var journal = Journal(
            run: id,
            tenant: Self.tenant,
            revision: revision,
            recording: "fabrikam",
            of: object,
            passedAt: at
        )
        journal.steps[0].state = state
        journal.steps[0].sends = state == .planned ? 0 : 1
        journal.steps[0].isAcknowledged = state == .sent
        let record = RunRecord(
            id: id,
            tenant: Self.tenant,
            command: .validateConnector,
            revision: revision,
            startedAt: Date().addingTimeInterval(60)
        )
        try await commit(StateChange(journal: journal, run: record))
        forget()
        return (id, at)
    }

    fileprivate func shown(_ run: String) async throws -> ShowDocument {
        let stored = try await store.run(matching: run)
        return ShowDocument(record: stored.record, journal: try await store.journal(run: run))
    }

    /// How often Exchange was asked to validate.
    fileprivate var validations: Int {
        simulator.requests().count { $0.cmdlet == "Validate-OutboundConnector" }
    }

    fileprivate func validate(
        _ name: String,
        recipients: [String] = []
    ) async throws -> ConnectorValidationDocument {
        let (reconciler, tenants) = try reconciler()
        return await ConnectorValidationRun(name, recipients: recipients, in: try #require(tenants.first), reconciler)
            .perform()
    }
}
