package import Configuration
package import ExchangeOnline
package import FoundationEssentials
package import GitRepositories
package import Planning
package import Reports
package import StateStore
package import YAML

/// Why a run ended before its last step: how the process exits, what happened, and what to do.
package struct RunStop: Error, Hashable, Sendable {
    package var status: ExitStatus
    /// Kebab-case and stable.
    package var id: String
    package var message: String
    package var remedy: String
    package var cause: StopCause
    /// When it is worth trying again, where the service or the gate said so.
    package var until: Date?
    /// What is wrong with the definitions, where that is the reason.
    package var diagnostics: [Diagnostic]

    package init(
        _ status: ExitStatus,
        id: String,
        _ message: String,
        remedy: String = "",
        cause: StopCause? = nil,
        until: Date? = nil,
        diagnostics: [Diagnostic] = []
    ) {
        self.status = status
        self.id = id
        self.message = message
        self.remedy = remedy
        self.cause = cause ?? Self.usualCause(of: status)
        self.until = until
        self.diagnostics = diagnostics
    }

    /// What a stop with this exit status is about, where nothing more is said.
    private static func usualCause(of status: ExitStatus) -> StopCause {
        switch status {
        case .blocked: .gateBlocked
        case .held: .guarded
        case .stale: .stale
        case .unknown: .unreadable
        case .interrupted: .interrupted
        case .rolledBack, .partlyApplied: .refused
        case .usage: .configuration
        default: .ownFault
        }
    }

    /// When a run that ended so is worth beginning again.
    package var next: NextLook { cause.nextLook(until: until) }

    package static let interrupted = RunStop(
        .interrupted,
        id: "interrupted",
        "Interrupted before anything was written.",
        remedy: "Run the command again."
    )
}

extension RunStop {
    /// What is wrong with the configuration, such as a secret that cannot be read: the first problem, with its remedy.
    package init(_ error: ConfigurationError) {
        let problem = error.problems[0]
        self.init(.error, id: problem.id, problem.text, remedy: problem.remedy)
    }

    /// A tenant that could not be read is unknown, never empty.
    ///
    /// - Parameter now: From which the service's own waiting time counts.
    package init(unread error: ExchangeError, at now: Date = Date()) {
        switch error.reason {
        case .cancelled: self = .interrupted
        // Nothing was asked: the fault is in what this machine was given.
        case .credentialUnreadable, .credentialInvalid, .endpointInvalid:
            self.init(.error, id: error.id, error.message, remedy: error.remedy, cause: .configuration)
        default:
            self.init(
                .unknown,
                id: error.id,
                error.message,
                remedy: error.remedy,
                cause: StopCause(error),
                until: error.until(from: now)
            )
        }
    }

    package init(_ error: StateStoreError) {
        let isLease = if case .leaseLost = error { true } else { false }
        self.init(
            .error,
            id: error.id,
            error.message,
            remedy: error.remedy,
            cause: isLease ? .leaseLost : .storeFailed
        )
    }

    /// A source that is missing its folder is held, not obeyed; anything else about git is an error.
    package init(_ error: GitError) {
        switch error {
        case .missingFolder, .notAFolder:
            self.init(.held, id: "source-folder-missing", error.message, remedy: error.remedy, cause: .sourceHeld)
        case .cancelled:
            self = .interrupted
        default:
            self.init(.error, id: error.id, error.message, remedy: error.remedy, cause: .sourceUnreadable)
        }
    }
}
