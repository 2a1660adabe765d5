import ArgumentParser
import Configuration
import Foundation
import Logging
import Reconciling
import Reports
import StateStore

/// What a command that works on tenants has at hand once its configuration was read.
struct CommandContext: Sendable {
    let configuration: Configuration
    let environment: RunEnvironment
    let tenants: [ManagedTenant]
    let interrupts: Interrupts
    let progress: ProgressLine

    /// Reads the configuration and opens the store.
    ///
    /// - Parameter needsStore: Whether a store that cannot be opened is an error; without it, each use of the store is.
    static func open(_ options: SelectionOptions, needsStore: Bool = true) async throws -> CommandContext {
        let level: Logger.Level = options.verbose ? .debug : .notice
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let interrupts = Interrupts()
        let progress = ProgressLine()
        let configuration = try ConfigurationReader.read(
            path: options.config,
            environment: ProcessInfo.processInfo.environment
        )
        let path = try configuration.store.url.sqlitePath()
        let store: any StateStore
        do throws(StateStoreError) {
            store = try await SQLiteStore(path: path)
        } catch {
            guard !needsStore else { throw error }
            store = UnavailableStore(place: path, because: error)
        }
        let environment = RunEnvironment(
            configuration: configuration,
            store: store,
            executable: executable,
            version: Mitregate.version,
            startedBy: operatorName,
            logger: Logger(label: "mitregate"),
            report: { progress.hear($0) }
        )
        return CommandContext(
            configuration: configuration,
            environment: environment,
            tenants: try options.tenants(of: configuration),
            interrupts: interrupts,
            progress: progress
        )
    }

    /// The person at the keyboard, also behind sudo; else the account that the program runs as.
    private static var operatorName: String? {
        let name = ProcessInfo.processInfo.environment["SUDO_USER"] ?? NSUserName()
        return name.isEmpty ? nil : name
    }

    /// The program itself, also when it was found through PATH or a link.
    static let executable =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
}

/// Runs a command's body, and turns whatever it throws into a report and an exit code.
func reporting(_ format: OutputFormat, _ body: () async throws -> ExitCode) async throws {
    let code: ExitCode
    do {
        code = try await body()
    } catch let exit as ExitCode {
        code = exit
    } catch {
        code = CommandFailure(error).report(format)
    }
    if let problem = Terminal.lostOutput {
        Terminal.note("✗ The result could not be written in full: \(problem).")
        throw code == .success ? ExitCode(.error) : code
    }
    if code != .success { throw code }
}
