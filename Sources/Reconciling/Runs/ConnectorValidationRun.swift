package import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Logging
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

    /// What a person is asked about before anything is sent.
    package struct Preview: Hashable, Sendable {
        package let tenant: String
        /// The connector's name in Exchange.
        package let displayName: String
        package let recipients: [String]
        private let guid: String

        init(_ tenant: String, _ object: ObservedConnector, _ recipients: [String]) {
            self.tenant = tenant
            displayName = object.displayName
            guid = object.guid
            self.recipients = recipients
        }
    }

    /// Finishes what was cut off in the tenant, and finds out what would be sent; no lease is held afterwards.
    ///
    /// - Throws: Why it cannot be done.
    package func preview() async throws(RunStop) -> Preview {
        if let stop = await reconciler.finishUnfinished([managed])[managed.tenant.name] { throw stop }
        var run = reconciler.run(of: managed)
        defer { run.environment.tell(managed.tenant.name, nil) }
        return try await run.preview(name, recipients)
    }

    /// Asks Exchange, once, under a lease, and has the tenant record what passed; an earlier run that was cut off is
    /// finished first.
    ///
    /// - Parameter expected: What the person saw; where it does not come out again, nothing is sent.
    package func perform(expecting expected: Preview? = nil) async -> ConnectorValidationDocument {
        let (name, recipients) = (name, recipients)
        let step: TenantRun.Step = { run throws(RunStop) in
            try await run.validate(name, recipients, expecting: expected)
        }
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

    /// The answer where nothing was asked of Exchange.
    package func refused(_ stop: RunStop) -> ConnectorValidationDocument {
        ConnectorValidationDocument(
            tenant: managed.tenant.name,
            name: name,
            run: nil,
            validation: nil,
            error: stop.entry,
            exitStatus: stop.status
        )
    }
}

extension TenantRun {
    /// The connector as the tenant has it, and who gets the messages.
    fileprivate mutating func subject(
        _ name: String,
        _ recipients: [String]
    ) async throws(RunStop) -> (object: ObservedConnector, recipients: [String]) {
        let tenantName = tenant.name
        applied = try await reading { try await $0.state(of: tenantName).applied }
        let outbound = applied.connectors.filter { $0.key.kind == .outboundConnector }
        guard let connector = outbound.first(where: { $0.key.name == name }) else {
            throw .notOutbound(name, in: tenantName, applied)
        }
        try await TenantRun.observe(&self)
        let objects = try known(observed, "the tenant's state").connectors
        guard let object = objects.first(where: { $0.guid == connector.guid }) else {
            throw RunStop(
                .held,
                id: "connector-gone",
                "\(connector.key) (\"\(connector.displayName.escapingControls)\") was removed from \(tenantName), so it cannot be validated. No message was sent.",
                remedy: "See who removed it: mitregate drift --tenant \(tenantName)"
            )
        }
        let addresses = recipients.isEmpty ? object.settings["validationRecipients"]?.strings ?? [] : recipients
        try refuseInVain(object, addresses)
        return (object, addresses)
    }

    fileprivate mutating func preview(
        _ name: String,
        _ recipients: [String]
    ) async throws(RunStop) -> ConnectorValidationRun.Preview {
        let (object, addresses) = try await subject(name, recipients)
        return ConnectorValidationRun.Preview(tenant.name, object, addresses)
    }

    fileprivate mutating func validate(
        _ name: String,
        _ recipients: [String],
        expecting expected: ConnectorValidationRun.Preview?
    ) async throws(RunStop) {
        let tenantName = tenant.name
        let (object, addresses) = try await subject(name, recipients)
        if let expected, expected != ConnectorValidationRun.Preview(tenantName, object, addresses) {
            throw .changedMeanwhile(expected)
        }
        let validation = Journal.Validation(
            guid: object.guid,
            displayName: object.displayName,
            recipients: addresses
        )
        try await begin(name, object)
        if environment.isInterrupted() || Task.isCancelled { throw try await failed(.unsent) }
        self.validation = ConnectorValidation(displayName: object.displayName, recipients: addresses)
        if object.validated == nil { warnOfUnreadableState(object) }
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
        try await recordPassed(name, object)
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

    private mutating func warnOfUnreadableState(_ object: ObservedConnector) {
        let warning =
            "What \(tenant.name) recorded of earlier validations of \"\(object.displayName.escapingControls)\" is not known: its row has IsValidated or LastValidationTimestamp in a form that cannot be read. `mitregate show` has the row."
        validation?.warnings.append(warning)
        environment.logger.warning("\(warning)")
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
                #"{"kind":"ValidatedState","guid":"\#(object.guid)","before":\#(object.validated?.json ?? "null")}"#,
            at: now
        )
        self.record = record
        try await commit(StateChange(run: record, evidence: [evidence]))
    }

    /// Has the tenant record that it passed, journaled and read back as any write is.
    ///
    /// The tenant is read once more before: what was changed during the validation was not validated.
    private mutating func recordPassed(_ name: String, _ object: ObservedConnector) async throws(RunStop) {
        let instant = Date(timeIntervalSince1970: environment.timing.now().timeIntervalSince1970.rounded(.down))
        let record = try known(record, "the run's record")
        let journal = Journal(
            run: record.id,
            tenant: tenant.name,
            revision: record.revision,
            recording: name,
            of: object,
            passedAt: instant
        )
        do throws(RunStop) {
            try await drive(journal, ApplyEngine.start(journal))
        } catch {
            throw error.id == "run-unfinished" ? .recordLeft(object, error, tenant.name) : error
        }
        let ended = try known(self.journal, "the journal")
        guard ended.result == .applied else { throw .notRecorded(ended) }
        validation?.recordedAt = instant
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
