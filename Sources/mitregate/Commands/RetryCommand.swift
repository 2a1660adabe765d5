import Reconciling
import Planning
import StateStore
import Configuration
import ArgumentParser
import Reports

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Lift the quarantine of a commit whose apply was rolled back, so that apply tries it again.",
        usage: "mitregate retry [<options>]"
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let context = try await CommandContext.open(selection)
            var lifted: [RetryDocument.Lifted] = []
            let reconciler = Reconciler(context.environment)
            for tenant in context.tenants {
                guard let quarantine = try await reconciler.retry(tenant) else { continue }
                lifted.append(
                    RetryDocument.Lifted(
                        tenant: quarantine.tenant,
                        revision: quarantine.revision,
                        run: quarantine.run
                    )
                )
            }
            let document = RetryDocument(lifted: lifted)
            switch output {
            case .json: Terminal.print(document.json)
            case .text where lifted.isEmpty: Terminal.print("No commit is quarantined.")
            case .text:
                for entry in lifted {
                    Terminal.print("\(entry.tenant): commit \(entry.revision.prefix(12)) may be applied again.")
                }
            }
            return .success
        }
    }
}
