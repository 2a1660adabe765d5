import ArgumentParser
import ExchangeSimulator
import Foundation

/// `exchange-simulator`: a tenant on loopback for demonstrations and tests.
@main
struct ExchangeSimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange-simulator",
        abstract: "Simulates Exchange Online's admin API and token endpoint on 127.0.0.1.",
        discussion: """
            It runs until SIGINT or SIGTERM, and keeps everything in memory. In addition to the service's own paths it answers \
            GET /simulator/health, /simulator/state and /simulator/requests, and takes POST /simulator/edit, \
            /simulator/faults, /simulator/tenant, /simulator/mail, /simulator/clock, /simulator/seed and \
            /simulator/release.

            --demo-tenant starts with a believable tenant that has a week of mail behind it, and prints the commands \
            of a first day with it.

            Exit codes: 0 stopped by a signal, 1 error, 64 usage.
            """
    )

    @Option(
        help: "The port to listen on; 0 takes any free one. Else 8925 with --demo-tenant, and any free one without."
    )
    var port: Int?

    @Option(help: "A file to write the port to once connections are taken.", completion: .file())
    var portFile: String?

    @Option(help: "The tenants, as JSON; without it there are none.", completion: .file())
    var seed: String?

    @Flag(help: "Start with a believable tenant, and print what to paste.")
    var demoTenant = false

    @Option(help: "Milliseconds that each answer waits.")
    var latency = 0

    @Flag(help: "Print each request to standard error.")
    var log = false

    func validate() throws {
        guard (0...65_535).contains(port ?? 0) else { throw ValidationError("--port is from 0 to 65535") }
        guard seed == nil || !demoTenant else {
            throw ValidationError("--demo-tenant brings its own seed; leave --seed out")
        }
        guard latency >= 0 else { throw ValidationError("--latency can't be negative") }
    }

    @Sendable private static func show(_ request: LoggedRequest) {
        FileHandle.standardError.write(Data("\(request.summary)\n".utf8))
    }

    func run() async throws {
        let empty = demoTenant ? DemoTenant.seed(now: Date()) : #"{"tenants": []}"#
        let seed = try seed.map { try String(contentsOfFile: $0, encoding: .utf8) } ?? empty
        let signals = StopSignals()
        let simulator = try await ExchangeSimulator.start(
            seed: seed,
            port: port ?? (demoTenant ? DemoTenant.port : 0),
            latency: .milliseconds(latency),
            log: log ? Self.show : nil
        )
        if let portFile {
            // Written whole or not at all: a script waits for it.
            try Data("\(simulator.port)\n".utf8).write(to: URL(filePath: portFile), options: .atomic)
        }
        // Not `print`: its buffer would keep the line back when the output is a file.
        FileHandle.standardOutput.write(Data("Simulating Exchange Online at \(simulator.url)\n".utf8))
        if demoTenant { FileHandle.standardOutput.write(Data("\n\(DemoTenant.instructions(url: simulator.url))".utf8)) }
        await signals.wait()
        await simulator.stop()
    }
}
