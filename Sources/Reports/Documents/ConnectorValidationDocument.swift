import Connectors
package import FoundationEssentials

/// What Exchange's own validation of one connector said, and whether the tenant now records it.
package struct ConnectorValidation: Hashable, Sendable {
    /// A test that Exchange made, by its own name.
    package struct Task: Hashable, Sendable, Encodable {
        package var name: String
        package var isSuccessful: Bool

        package init(name: String, isSuccessful: Bool) {
            self.name = name
            self.isSuccessful = isSuccessful
        }
    }

    /// The connector's name in Exchange.
    package var displayName: String
    package var recipients: [String]
    /// `nil` where Exchange gave no result.
    package var hasPassed: Bool?
    package var tasks: [Task] = []
    /// When the tenant records that it was validated, read back; `nil` where that was not written or not seen.
    package var recordedAt: Date?
    /// What could not be told of it, in sentences.
    package var warnings: [String] = []

    package init(displayName: String, recipients: [String]) {
        self.displayName = displayName
        self.recipients = recipients
    }
}

/// The answer of `validate-connector`.
package struct ConnectorValidationDocument: ReportDocument, Hashable {
    package static let kind = "ConnectorValidation"

    package var tenant: String
    /// The definition's metadata.name.
    package var name: String
    /// The run in the history; `nil` where nothing was asked of Exchange.
    package var run: String?
    /// `nil` where nothing was asked of Exchange.
    package var validation: ConnectorValidation?
    package var error: ErrorEntry?
    package var exitStatus: ExitStatus

    package init(
        tenant: String,
        name: String,
        run: String?,
        validation: ConnectorValidation?,
        error: ErrorEntry?,
        exitStatus: ExitStatus
    ) {
        self.tenant = tenant
        self.name = name
        self.run = run
        self.validation = validation
        self.error = error
        self.exitStatus = exitStatus
    }

    package var refusals: [Refusal] { error.map { [Refusal(tenant: tenant, reason: $0.message)] } ?? [] }

    private enum Key: String, CodingKey {
        case tenant, name, displayName, run, recipients, passed, tasks, recordedAt, warnings, errors, exitCode
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(name, forKey: .name)
        try container.encodeIfPresent(validation?.displayName, forKey: .displayName)
        try container.encode(run, forKey: .run)
        try container.encode(validation?.recipients ?? [], forKey: .recipients)
        try container.encode(validation?.hasPassed, forKey: .passed)
        try container.encode(validation?.tasks ?? [], forKey: .tasks)
        try container.encode(validation?.recordedAt.map(Timestamp.text), forKey: .recordedAt)
        if let warnings = validation?.warnings, !warnings.isEmpty { try container.encode(warnings, forKey: .warnings) }
        if let error { try container.encode([error], forKey: .errors) }
        try container.encode(exitStatus.rawValue, forKey: .exitCode)
    }
}
