import Configuration
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Laboratory
import Logging
import Reconciling
import Reports
import StateStore
import Synchronization

/// What the benches of both desks stand on: a source with a forge, and a real store in a time that can be moved.
extension Laboratory {
    /// - Parameters:
    ///   - settings: What `forge` says but for its repository and credentials, as YAML in flow form.
    ///   - source: A further line of the source.
    ///   - more: Lines at the end of the configuration.
    func addForge(_ settings: String, source: String = "", more: String = "") throws {
        let file = folder.appending(path: "mitregate.yaml")
        let text = try String(contentsOf: file, encoding: .utf8).replacingOccurrences(
            of: "    branch: main",
            with: """
                    branch: main
                    forge: {repository: contoso/mail-flow, credentials: {token: {env: FORGE_TOKEN}}, \(settings)}
                    \(source)
                """
        )
        try Data((text + more).utf8).write(to: file)
    }

    /// The store, which the caller closes, and what a run is given, in the time of `shift`.
    ///
    /// - Parameter wrap: Gives what a run has in the store's place.
    func environment(
        _ shift: Shift,
        _ wrap: (SQLiteStore) -> any StateStore = { $0 }
    ) async throws -> (store: SQLiteStore, environment: RunEnvironment) {
        let file = folder.appending(path: "mitregate.yaml")
        let store = try await SQLiteStore(path: self.store) { shift.now }
        let environment = RunEnvironment(
            configuration: try ConfigurationReader.read(path: file.path(percentEncoded: false), environment: [:]),
            store: wrap(store),
            timing: Timing(clock: ContinuousClock(), now: { shift.now }, random: { 0.5 }),
            executable: mitregate.path,
            version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        return (store, environment)
    }

    /// The cmdlets that changed the tenant, in their order.
    var writes: [String] {
        simulator.requests().compactMap(\.cmdlet).filter {
            $0.hasPrefix("New-") || $0.hasPrefix("Set-") || $0.hasPrefix("Remove-")
        }
    }
}

/// The time now, moved on by a test.
final class Shift: Sendable {
    private let value = Mutex<TimeInterval>(0)

    var now: Date { Date().addingTimeInterval(value.withLock { $0 }) }

    func advance(_ seconds: TimeInterval) { value.withLock { $0 += seconds } }
}

/// The tenants that were woken, by call.
final class Woken: Sendable {
    private let value = Mutex<[[String]]>([])

    var all: [[String]] { value.withLock { $0 } }

    func add(_ tenants: [String]) { value.withLock { $0.append(tenants) } }
}
