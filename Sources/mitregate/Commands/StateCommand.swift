import ArgumentParser
import Reconciling
import Reports

struct StateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "What Mitregate remembers of the tenants.",
        usage: "mitregate state export [<options>]",
        subcommands: [Export.self]
    )

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Print what a plan needs of the store, so that it can be made where the store is out of reach.",
            usage: "mitregate state export [<options>] > <file>",
            discussion: """
                The document holds, for each tenant, the connectors as they were last applied, a quarantine, and whether a run \
                was cut off. It has no secret and no history. `mitregate plan --state FILE` reads it, as on a CI runner.
                """
        )

        @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

        @Option(name: .shortAndLong, help: ArgumentHelp("Always json.", valueName: "format"))
        var output: Format = .json

        enum Format: String, ExpressibleByArgument, CaseIterable { case json }

        func run() async throws {
            try await answering(
                selection,
                .json,
                ask: { context, reconciler in try await reconciler.state(of: context.tenants) },
                text: { document, _ in document.json }
            )
        }
    }
}
