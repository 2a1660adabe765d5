import ArgumentParser
import Connectors
import Foundation
import Reports
import Site

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show what the controller watches over after a change, with its figures.",
        usage: "mitregate watch [list | end <run>] [<options>]",
        discussion: """
            Examples:
              mitregate watch
              mitregate watch end 01KD3V --reason "the partner was down"
            """,
        subcommands: [ListCommand.self, EndCommand.self],
        defaultSubcommand: ListCommand.self
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Show the watches, those under way first.",
            usage: "mitregate watch list [--tenant <name>] [<options>]",
            discussion: "Example:\n  mitregate watch list --tenant contoso"
        )

        @OptionGroup(title: "Server") var options: ServerOptions

        @OptionGroup var named: TenantOptions

        @Option(name: .shortAndLong, help: OutputFormat.help)
        var output: OutputFormat = .text

        func run() async throws {
            try await reporting(output) {
                let client = try options.client()
                let names = named.isAll ? nil : try await named.names(at: client)
                var document: WatchesDocument = try await client.get(
                    "/api/v1/watches",
                    query: names?.count == 1 ? [("tenant", names?.first ?? "")] : []
                )
                document.watches.removeAll { watch in names.map { !$0.contains(watch.tenant) } ?? false }
                switch output {
                case .json: Terminal.print(document.json)
                case .text:
                    if document.watches.isEmpty {
                        Terminal.print("Nothing is watched: watch.mail is off, or nothing was applied since.")
                    }
                    for watch in document.watches {
                        Terminal.print(
                            watch.text.split(separator: "\n").map { String($0).escapedLine }.joined(separator: "\n")
                        )
                    }
                }
                return .success
            }
        }
    }

    struct EndCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "end",
            abstract: "End a watch, undecided.",
            usage: "mitregate watch end <watch> --reason <text> [<options>]",
            discussion: "Example:\n  mitregate watch end 01KD3V --reason \"the partner was down\""
        )

        @OptionGroup(title: "Server") var options: ServerOptions

        @Argument(help: "The watch, or the run that it belongs to.")
        var watch: String

        @Option(help: ArgumentHelp("Why; the history keeps it.", valueName: "text"))
        var reason: String

        func run() async throws {
            try await reporting(.text) {
                let document: WatchesDocument = try await options.client().post(
                    "/api/v1/watches/\(SiteClient.encoded(watch))/end",
                    ["reason": reason]
                )
                for watch in document.watches {
                    Terminal.print("\(watch.tenant): \(watch.object) is no longer watched.".escapedLine)
                }
                return .success
            }
        }
    }
}
