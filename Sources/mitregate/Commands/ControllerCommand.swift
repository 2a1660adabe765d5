import StateStore
import Logging
import ArgumentParser
import Configuration
import Controller
import Foundation
import Reconciling
import Reports

struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller",
        abstract: "Watch git, tenants and partners, and keep them level, until it is stopped.",
        usage: "mitregate controller [<options>]",
        discussion: """
            It serves its API and metrics where server.listen says. SIGHUP reads the configuration again; a bad file is \
            refused and the old one stays. SIGTERM or Ctrl-C ends it in order: a write in flight is finished, or left to \
            the next start.

            Exit codes: 0 stopped in order, 1 error, 130 ended at once by a second signal.

            Examples:
              mitregate controller --config /etc/mitregate/mitregate.yaml
              mitregate controller --log json
            """
    )

    @Option(
        help: ArgumentHelp(
            "The configuration; else MITREGATE_CONFIG names it, else it is mitregate.yaml.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: String?

    @Option(help: "How the log is written: text, or json with one object a line.")
    var log: LogForm = .text

    @Flag(help: "Log the requests to servers, too; never a secret.")
    var verbose = false

    @OptionGroup var terminal: TerminalOptions

    func run() async throws {
        ProcessMemory.shareBetweenThreads()
        try await reporting(.text) {
            let file = config
            let configuration = try ControllerContext.read(file)
            let environment = try await ControllerContext.environment(configuration, log: log, verbose: verbose)
            let controller = try Controller(
                environment,
                serviceEnvironment: ProcessInfo.processInfo.environment,
                read: { try ControllerContext.read(file) },
                onListening: { port in
                    let host = configuration.server.host
                    environment.logger.notice(
                        "Listening on \(host.contains(":") ? "[\(host)]" : host):\(port).",
                        metadata: ["port": "\(port)"]
                    )
                }
            )
            let signals = ControllerSignals(controller)
            defer { signals.end() }
            try await controller.run()
            await environment.store.close()
            return .success
        }
    }
}
