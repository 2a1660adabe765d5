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

    /// What a command wants of the store.
    enum StoreUse {
        /// A store that cannot be opened is an error.
        case needed
        /// Only each use of a store that could not be opened is an error.
        case wanted
        /// It is not opened, and each use of it is an error.
        case none
    }

    /// Reads the configuration and opens the store.
    static func open(_ options: SelectionOptions, store use: StoreUse = .needed) async throws -> CommandContext {
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
        let tenants = try options.tenants(of: configuration)
        if tenants.isEmpty {
            Terminal.note("! No tenant is configured in \(configuration.file), so there is nothing to do.")
        }
        let store = try await store(at: try configuration.store.url.sqlitePath(), use)
        let environment = RunEnvironment(
            configuration: configuration,
            store: store,
            executable: executable,
            version: Mitregate.version,
            startedBy: operatorName,
            startedFrom: hostName,
            logger: Logger(label: "mitregate"),
            report: { progress.hear($0) }
        )
        return CommandContext(
            configuration: configuration,
            environment: environment,
            tenants: tenants,
            interrupts: interrupts,
            progress: progress
        )
    }

    private static func store(at path: String, _ use: StoreUse) async throws -> any StateStore {
        guard use != .none else {
            let error = StateStoreError.cannotUse(place: path, detail: "this command runs without the store")
            return UnavailableStore(place: path, because: error)
        }
        do throws(StateStoreError) {
            return try await SQLiteStore(path: path)
        } catch {
            guard use != .needed else { throw error }
            return UnavailableStore(place: path, because: error)
        }
    }

    /// The person at the keyboard, also behind sudo; else the account that the program runs as.
    private static var operatorName: String? {
        let name = ProcessInfo.processInfo.environment["SUDO_USER"] ?? NSUserName()
        return name.isEmpty ? nil : name
    }

    /// The machine, as it calls itself.
    static var hostName: String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
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

extension CommandContext {
    /// The one tenant that is selected.
    ///
    /// - Parameter command: The command's name, for the error where there are several, or none.
    func onlyTenant(for command: String) throws(CommandFailure) -> ManagedTenant {
        guard tenants.count == 1, let tenant = tenants.first else {
            throw CommandFailure(
                .usage,
                id: "one-tenant",
                "\(command) works on one tenant, and \(tenants.count) are selected.",
                remedy: "Name it with --tenant."
            )
        }
        return tenant
    }
}
