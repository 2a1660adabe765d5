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
