import ArgumentParser
import Reconciling
import Reports

struct PartnerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partner",
        abstract: "Print the sheet to send to a partner: what to configure on their side, and what we saw of theirs.",
        discussion: """
            NAME is the metadata.name of a definition; a ForcedTLSPartner gives both directions. The partner's servers are asked \
            as `gate` asks them.
            """
    )

    @OptionGroup var selection: SelectionOptions

    @Argument(help: "The definition.")
    var name: String

    func run() async throws {
        try await reporting(.text) {
            let place = try await Workplace.open(selection)
            guard place.tenants.count == 1, let entry = place.tenants.first else {
                throw CommandFailure(
                    .usage,
                    id: "one-tenant",
                    "partner works on one tenant, and \(place.tenants.count) are selected.",
                    remedy: "Name it with --tenant."
                )
            }
            let reconciler = Reconciler(place.surroundings)
            let wanted = name
            let sheet = try await place.interrupts.cancelling { try await reconciler.partnerSheet(entry, name: wanted) }
            place.progress.end()
            Terminal.print(sheet)
            return .success
        }
    }
}
