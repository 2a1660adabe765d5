package import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Planning
package import Reports
import StateStore
import YAML

/// Exchange's own validation of a connector that is there already, because a person asked: it changes no setting, and the
/// tenant records it where it passed.
package struct ConnectorValidationRun: Sendable {
    private let name: String
    private let recipients: [String]
    private let managed: ManagedTenant
    private let reconciler: Reconciler

    /// - Parameters:
    ///   - name: The slug of an outbound connector that was applied.
    ///   - recipients: Who gets the test messages; none means the connector's `validationRecipients`.
    package init(_ name: String, recipients: [String], in managed: ManagedTenant, _ reconciler: Reconciler) {
        self.name = name
        self.recipients = recipients
        self.managed = managed
        self.reconciler = reconciler
    }

    /// Asks Exchange, once, under a lease, and records the state; an earlier run that was cut off is finished first.
    package func perform() async -> ConnectorValidationDocument {
        let (name, recipients) = (name, recipients)
        let step: TenantRun.Step = { run throws(RunStop) in try await run.validate(name, recipients) }
        let ending = await reconciler.run(managed, TenantRun.recovering + [step])
        return ConnectorValidationDocument(
            tenant: managed.tenant.name,
            name: name,
            run: ending.outcome.run,
            validation: ending.validation,
            error: ending.outcome.error,
            exitStatus: ending.outcome.exitStatus
        )
    }
}

extension TenantRun {
    fileprivate mutating func validate(_ name: String, _ recipients: [String]) async throws(RunStop) {
        let tenantName = tenant.name
        applied = try await reading { try await $0.state(of: tenantName).applied }
        let outbound = applied.connectors.filter { $0.key.kind == .outboundConnector }
        guard let connector = outbound.first(where: { $0.key.name == name }) else {
            throw .notOutbound(name, in: tenantName, applied)
        }
        try await TenantRun.observe(&self)
        guard
            let object = try known(observed, "the tenant's state").connectors.first(where: { $0.guid == connector.guid }
            )
        else {
            throw RunStop(
                .held,
                id: "connector-gone",
                "\(connector.key) (\"\(connector.displayName.escapingControls)\") was removed from \(tenantName), so it cannot be validated. No message was sent.",
                remedy: "See who removed it: mitregate drift --tenant \(tenantName)"
            )
        }
        let addresses = recipients.isEmpty ? object.settings["validationRecipients"]?.strings ?? [] : recipients
        try refuseInVain(object, addresses)
        let validation = Journal.Validation(
            guid: object.guid,
            displayName: object.displayName,
            recipients: addresses
        )
        try await begin(name, object)
        if environment.isInterrupted() || Task.isCancelled { throw try await failed(.unsent) }
        self.validation = ConnectorValidation(displayName: object.displayName, recipients: addresses)
        let report: ValidationReport
        switch try await askExchange(validation) {
        case .unknown(let error):
            throw try await failed(RunStop(withoutResult: object, error, environment.timing.now()))
        case .known(let answer): report = answer
        }
        self.validation?.hasPassed = report.isSuccessful
        self.validation?.tasks = report.tasks.map {
            ConnectorValidation.Task(name: $0.name, isSuccessful: $0.isSuccessful)
        }
        if let problem = report.problem { throw try await failed(.notPassed(object, problem, in: tenantName)) }
        try await recordPassed(object)
        try await finish(.applied, .done, self.validation?.sentence ?? "")
    }

    /// What Exchange would refuse with words that mislead.
    private func refuseInVain(_ object: ObservedConnector, _ recipients: [String]) throws(RunStop) {
        let name = object.displayName.escapingControls
        guard object.settings["enabled"] != .boolean(false) else {
            throw RunStop(
                .error,
                id: "connector-disabled",
                "\"\(name)\" is disabled in \(tenant.name), and Exchange validates only a connector that is enabled. No message was sent.",
                remedy: "Enable it first, in git or with mitregate break-glass enable."
            )
        }
        guard !recipients.isEmpty else {
            throw RunStop(
                .error,
                id: "recipients-missing",
                "\"\(name)\" has no validationRecipients, and Exchange sends its test messages to an address of the partner. No message was sent.",
                remedy:
                    "Name one with --recipient ADDRESS, or write validationRecipients in the definition and apply it."
            )
        }
    }

    /// Stores that it begins, with the state before it: durable before anything is sent.
    private mutating func begin(_ name: String, _ object: ObservedConnector) async throws(RunStop) {
        let now = environment.timing.now()
        let record = RunRecord(
            id: id,
            tenant: tenant.name,
            command: .validateConnector,
            revision: applied.revision ?? String(repeating: "0", count: 40),
            startedAt: now,
            startedBy: environment.startedBy,
            startedFrom: environment.startedFrom,
            reason: "validate \(name)"
        )
        let evidence = Evidence(
            run: record.id,
            tenant: tenant.name,
            json:
                #"{"kind":"ValidatedState","guid":"\#(object.guid)","before":\#(ValidatedState(of: object).json)}"#,
            at: now
        )
        self.record = record
        try await commit(StateChange(run: record, evidence: [evidence]))
    }

    /// Writes the validated state, and reads until the tenant shows it.
    private mutating func recordPassed(_ object: ObservedConnector) async throws(RunStop) {
        let instant = Date(timeIntervalSince1970: environment.timing.now().timeIntervalSince1970.rounded(.down))
        let connection = try shared.connections.connection(to: tenant, environment)
        try await holdOn()
        let told: String
        switch await TenantWriter(connection).recordValidation(guid: object.guid, at: instant) {
        case .refused(let error): throw try await failed(.notRecorded(object, error.message))
        case .ambiguous(let error): told = error.message
        case .accepted: told = "the tenant does not show it yet."
        }
        environment.tell(tenant.name, "reading back")
        let reader = TenantReader(connection)
        for delay in ApplyEngine.delays {
            if delay > .zero { try? await environment.timing.clock.sleep(for: delay) }
            try await holdOn()
            guard case .known(let now) = await reader.read(rules: ruleNames, deadline: tenant.readTimeout),
                let after = now.connectors.first(where: { $0.guid == object.guid })
            else { continue }
            guard ValidatedState(of: after).says(validatedAt: instant) else { continue }
            validation?.recordedAt = instant
            return
        }
        throw try await failed(.notRecorded(object, told))
    }

    private mutating func failed(_ stop: RunStop) async throws(RunStop) -> RunStop {
        let result: RunRecord.Result =
            switch stop.status {
            case .partlyApplied: .partlyApplied
            case .interrupted: .interrupted
            default: .failed
            }
        if var record {
            record.tell(stop)
            self.record = record
        }
        try await finish(result, stop.status, stop.message)
        return stop
    }

    private mutating func finish(
        _ result: RunRecord.Result,
        _ status: ExitStatus,
        _ message: String
    )
        async throws(RunStop)
    {
        guard var record else { return }
        record.endedAt = environment.timing.now()
        record.result = result
        record.exitCode = status.rawValue
        record.message = message
        self.record = record
        try await commit(StateChange(run: record))
    }
}

extension RunStop {
    fileprivate static func notOutbound(_ name: String, in tenant: String, _ applied: AppliedTenant) -> RunStop {
        let known = applied.connectors.filter { $0.key.kind == .outboundConnector }.map(\.key.name).sorted()
        let other = applied.connectors.first { $0.key.name == name }
        let told =
            other.map { "\($0.key) is not an outbound connector, and Exchange validates only those." }
            ?? "No outbound connector with the name \"\(name.escapingControls)\" was applied to \(tenant), and only what is managed is validated."
        return RunStop(
            .usage,
            id: "name-unknown",
            "\(told) No message was sent.",
            remedy: Nearest.question(name, among: known)
                ?? (known.isEmpty
                    ? "Use the Exchange admin center for a connector that Mitregate does not manage."
                    : "Outbound connectors that are managed there: \(known.prefix(20).joined(separator: ", ")).")
        )
    }

    fileprivate static let unsent = RunStop(
        .interrupted,
        id: "interrupted",
        "Interrupted before Exchange was asked. No message was sent.",
        remedy: "Run the command again."
    )

    fileprivate static func notPassed(_ object: ObservedConnector, _ problem: String, in tenant: String) -> RunStop {
        RunStop(
            .error,
            id: "validation-failed",
            "Exchange's own validation of \"\(object.displayName.escapingControls)\" did not succeed (\(problem)). The connector is as it was.",
            remedy: "See what the partner's servers answer: mitregate gate --tenant \(tenant)",
            cause: .validationFailed
        )
    }

    /// An answer that refuses the request came before any test; all others leave it open what was sent.
    fileprivate init(withoutResult object: ObservedConnector, _ error: ExchangeError, _ now: Date) {
        let name = object.displayName.escapingControls
        if error.errorClass == .refused {
            self.init(
                .error,
                id: "validation-refused",
                "Exchange refused to validate \"\(name)\": \(error.message) The connector is as it was.",
                remedy:
                    "Each recipient's domain must be one that the connector serves; name other recipients with --recipient.",
                cause: .refused
            )
        } else {
            self.init(
                .unknown,
                id: "validation-unknown",
                "Exchange's own validation of \"\(name)\" had no result: \(error.message) Test messages may have been sent; the connector is as it was.",
                remedy: "\(error.remedy) Then run the command again; it sends new test messages.",
                cause: StopCause(error),
                until: error.until(from: now)
            )
        }
    }

    fileprivate static func notRecorded(_ object: ObservedConnector, _ why: String) -> RunStop {
        RunStop(
            .partlyApplied,
            id: "validation-not-recorded",
            "Exchange's own validation of \"\(object.displayName.escapingControls)\" passed, but it is not known to be recorded in the tenant: \(why)",
            remedy:
                "Mail is not affected: Exchange only shows the state. Running the command again records it, and sends new test messages."
        )
    }
}
