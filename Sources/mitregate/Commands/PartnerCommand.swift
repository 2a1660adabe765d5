import ArgumentParser
import Configuration
import Reconciling
import Reports
import TLSGate

struct PartnerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partner",
        abstract: "Print the sheet to send to a partner: what to configure on their side, and what we saw of theirs.",
        usage: "mitregate partner <name> [<options>]",
        discussion: """
            NAME is the metadata.name of a definition; a ForcedTLSPartner gives both directions. The partner's servers are asked \
            as `gate` asks them, and a sheet is printed whatever they answer.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(help: "The definition's metadata.name.", completion: .custom(Suggestions.definitions))
    var name: String

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let context = try await CommandContext.open(selection)
            let entry = try context.onlyTenant(for: "partner")
            let reconciler = Reconciler(context.environment)
            let wanted = name
            let sheet = try await context.interrupts.cancelling {
                try await reconciler.partnerSheet(entry, name: wanted)
            }
            context.progress.end()
            switch output {
            case .text: Terminal.print(sheet.text())
            case .json: Terminal.print(PartnerDocument(tenant: entry.tenant.name, sheet: sheet).json)
            }
            return .success
        }
    }
}
