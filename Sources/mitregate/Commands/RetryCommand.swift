import ArgumentParser
import Configuration
import Planning
import Reconciling
import Reports
import StateStore

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
        try await answering(
            selection,
            output,
            ask: { context, reconciler in
                var lifted: [RetryDocument.Lifted] = []
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
                return RetryDocument(lifted: lifted)
            },
            text: { document, _ in
                guard !document.lifted.isEmpty else { return "No commit is quarantined." }
                return document.lifted.map { entry in
                    "\(entry.tenant): commit \(entry.revision.prefix(12)) may be applied again."
                }.joined(separator: "\n")
            }
        )
    }
}
