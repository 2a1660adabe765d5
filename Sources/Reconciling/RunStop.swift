package import ExchangeOnline
package import GitRepositories
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
    /// What is wrong with the definitions, where that is the reason.
    package var diagnostics: [Diagnostic]

    package init(
        _ status: ExitStatus,
        id: String,
        _ message: String,
        remedy: String = "",
        diagnostics: [Diagnostic] = []
    ) {
        self.status = status
        self.id = id
        self.message = message
        self.remedy = remedy
        self.diagnostics = diagnostics
    }

    package static let interrupted = RunStop(
        .interrupted,
        id: "interrupted",
        "Interrupted before anything was written.",
        remedy: "Run the command again."
    )
}

extension RunStop {
    /// A tenant that could not be read is unknown, never empty.
    package init(unread error: ExchangeError) {
        switch error.reason {
        case .cancelled: self = .interrupted
        // Nothing was asked: the fault is in what this machine was given.
        case .credentialUnreadable, .credentialInvalid, .endpointInvalid:
            self.init(.error, id: error.id, error.message, remedy: error.remedy)
        default: self.init(.unknown, id: error.id, error.message, remedy: error.remedy)
        }
    }

    package init(_ error: StateStoreError) {
        self.init(.error, id: error.id, error.message, remedy: error.remedy)
    }

    /// A source that is missing its folder is held, not obeyed; anything else about git is an error.
    package init(_ error: GitError) {
        switch error {
        case .missingFolder, .notAFolder:
            self.init(.held, id: "source-folder-missing", error.message, remedy: error.remedy)
        case .cancelled:
            self = .interrupted
        default:
            self.init(.error, id: error.id, error.message, remedy: error.remedy)
        }
    }
}
