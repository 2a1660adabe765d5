import ArgumentParser
import Configuration
import Connectors
import Definitions
import ExchangeOnline
import GitRepositories
import Reconciling
import Reports
import StateStore
import YAML

/// Why a command ends without a result: what is printed, and the exit code.
struct CommandFailure: Error {
    var status: ExitStatus
    var errors: [ErrorEntry]
    var diagnostics: [Diagnostic] = []

    init(_ status: ExitStatus, id: String, _ message: String, remedy: String) {
        self.init(status, [ErrorEntry(id: id, message: message, remedy: remedy)])
    }

    private init(_ status: ExitStatus, _ errors: [ErrorEntry], diagnostics: [Diagnostic] = []) {
        self.status = status
        self.errors = errors
        self.diagnostics = diagnostics
    }

    private init(_ stop: RunStop) { self.init(stop.status, stop.entries, diagnostics: stop.diagnostics) }

    /// Any error of any room, as people and scripts read it.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let stop as RunStop: self.init(stop)
        case let error as ConfigurationError: self.init(.error, error.problems.map(ErrorEntry.init))
        case let error as StateStoreError: self.init(RunStop(error))
        case let error as GitError: self.init(RunStop(error))
        case let error as ExchangeError: self.init(RunStop(unread: error))
        case let error as ReportError: self.init(.error, [error.entry])
        case is CancellationError: self.init(RunStop.interrupted)
        default: self.init(.error, id: "unexpected", "\(error)".escapingControls, remedy: "")
        }
    }

    /// Prints the failure where it belongs and gives the exit code.
    func report(_ format: OutputFormat, prefix: String = "") -> ExitCode {
        let document = ErrorDocument(errors)
        switch format {
        case .json: Terminal.print(document.json)
        case .text:
            if !diagnostics.isEmpty {
                let report = DiagnosticReport(diagnostics: diagnostics, files: 0, documents: 0, prefix: prefix)
                Terminal.note(report.render(.text))
            }
            Terminal.note(ErrorReport.text(document, style: Terminal.errorStyle))
        }
        return ExitCode(status.rawValue)
    }
}

extension ErrorEntry {
    fileprivate init(_ problem: Problem) {
        self.init(
            id: problem.id,
            message: problem.message,
            remedy: problem.remedy,
            file: problem.file,
            line: problem.line,
            column: problem.column
        )
    }
}

extension ExitCode {
    init(_ status: ExitStatus) { self.init(status.rawValue) }
}
