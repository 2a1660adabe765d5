import ArgumentParser
import Connectors
import Foundation
import Reports
import Site

struct SuspendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend",
        abstract: "Stop all writing to a tenant until a time; reading and drift go on.",
        usage: "mitregate suspend --tenant <name> --until <time> --reason <text>",
        discussion: """
            Examples:
              mitregate suspend --tenant contoso --until 2026-12-01T18:00:00Z --reason "migration weekend"
              mitregate suspend --tenant contoso --until 2026-12-01 --reason "audit"
            """
    )

    @OptionGroup(title: "Server") var options: ServerOptions

    @Option(
        help: ArgumentHelp("The tenant; may be repeated.", valueName: "name"),
        completion: .custom(Suggestions.tenants)
    )
    var tenant: [String]

    @Option(help: ArgumentHelp("When it ends by itself: an RFC 3339 time, or a date.", valueName: "time"))
    var until: String

    @Option(help: ArgumentHelp("Why; the history keeps it.", valueName: "text"))
    var reason: String

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            guard let end = Timestamp.deadline(until) else {
                throw CommandFailure(
                    .usage,
                    id: "usage",
                    "--until is not a time: \"\(until.escapingControls)\".",
                    remedy: "Write it as 2026-12-01T18:00:00Z, or as a date, which means its end in UTC."
                )
            }
            let client = try options.client()
            for name in tenant {
                let document: SuspensionDocument = try await client.post(
                    "/api/v1/suspensions",
                    ["tenant": name, "until": Timestamp.text(end), "reason": reason]
                )
                switch output {
                case .json: Terminal.print(document.json)
                case .text:
                    Terminal.print("\(name): suspended until \(Timestamp.text(document.suspension.until)).".escapedLine)
                }
            }
            return .success
        }
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "End a tenant's suspension.",
        usage: "mitregate resume --tenant <name> [<options>]",
        discussion: "Example:\n  mitregate resume --tenant contoso"
    )

    @OptionGroup(title: "Server") var options: ServerOptions

    @Option(
        help: ArgumentHelp("The tenant; may be repeated.", valueName: "name"),
        completion: .custom(Suggestions.tenants)
    )
    var tenant: [String]

    func run() async throws {
        try await reporting(.text) {
            let client = try options.client()
            for name in tenant {
                try await client.delete("/api/v1/suspensions/\(SiteClient.encoded(name))")
                Terminal.print("\(name): resumed.".escapedLine)
            }
            return .success
        }
    }
}
