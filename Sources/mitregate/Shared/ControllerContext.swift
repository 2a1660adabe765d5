import ArgumentParser
import Configuration
import Controller
import Dispatch
import Foundation
import Logging
import Reconciling
import StateStore

/// How the controller's log is written.
enum LogForm: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// What the controller needs of the process that it runs in.
enum ControllerContext {
    static func read(_ file: String?) throws -> Configuration {
        try ConfigurationReader.read(path: file, environment: ProcessInfo.processInfo.environment)
    }

    static func environment(
        _ configuration: Configuration,
        log: LogForm,
        verbose: Bool
    ) async throws -> RunEnvironment {
        let level: Logger.Level = verbose ? .debug : .info
        LoggingSystem.bootstrap { label in
            switch log {
            case .text:
                var handler = StreamLogHandler.standardError(label: label)
                handler.logLevel = level
                return handler
            case .json: return JSONLogHandler(label: label, level: level)
            }
        }
        let store = try await SQLiteStore(path: try configuration.store.url.sqlitePath())
        return RunEnvironment(
            configuration: configuration,
            store: store,
            executable: CommandContext.executable,
            version: Mitregate.version,
            startedFrom: ["controller \(configuration.controllerName)", CommandContext.hostName]
                .compactMap { $0 }.joined(separator: " on "),
            logger: Logger(label: "mitregate")
        )
    }
}

/// SIGTERM and SIGINT end the controller in order, a second one at once; SIGHUP reads its configuration again.
final class ControllerSignals: Sendable {
    /// Safe: written once, in `init`, and kept only so that the sources live.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init(_ controller: Controller) {
        let strikes = SignalCount()
        sources = [SIGTERM, SIGINT, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                guard number != SIGHUP else {
                    Task { await controller.reload() }
                    return
                }
                guard strikes.next() == 1 else { _exit(130) }
                Task { await controller.stop() }
            }
            source.activate()
            return source
        }
    }

    func end() { for source in sources { source.cancel() } }
}
