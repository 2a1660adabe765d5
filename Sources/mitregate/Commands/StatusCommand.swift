import ArgumentParser
import Reconciling
import Reports

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show where each tenant stands: git, what was applied, the last run.",
        discussion: "With --observe it also reads the tenants, to tell whether somebody changed them by hand."
    )

    @OptionGroup var selection: SelectionOptions

    @Flag(help: "Also read the tenants.")
    var observe = false

    @Option(name: .shortAndLong, help: "text or json.")
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let place = try await Workplace.open(selection)
            let reconciler = Reconciler(place.surroundings)
            let (tenants, observes) = (place.tenants, observe)
            let document = try await place.interrupts.cancelling {
                try await reconciler.status(tenants, observes: observes)
            }
            place.progress.end()
            switch output {
            case .text: Terminal.print(StatusReport.text(document, style: TextStyle(usesColour: Terminal.usesColour)))
            case .json: Terminal.print(document.json)
            }
            return .success
        }
    }
}
