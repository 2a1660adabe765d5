import ArgumentParser
import Planning
import Reconciling
import Reports
import Site

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one run: its plan, each write, and how it ended.",
        usage: "mitregate show <run> [<options>]",
        discussion: """
            Takes a run's id from `history`, or any unambiguous beginning of it. It asks the controller; where none answers it \
            reads the store.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @OptionGroup(title: "Controller") var controller: ControllerOptions

    @Argument(help: "The run's id, or the beginning of it.", completion: .custom(Suggestions.runs))
    var run: String

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        if try await isAnsweredByController() { return }
        let id = run
        try await answering(
            selection,
            output,
            ask: { context, _ in try await ShowDocument(of: id, in: context.environment.store) },
            text: { ShowReport.text($0, style: $1) }
        )
    }

    /// Prints what the controller says, if one answers.
    private func isAnsweredByController() async throws -> Bool {
        // The store says what is wrong with what no id begins with.
        guard run.utf8.allSatisfy(Self.isOfID), (1...64).contains(run.utf8.count) else { return false }
        var isAnswered = true
        try await reporting(output) {
            let document: ShowDocument?
            do {
                document = try await controller.asking(selection.config, or: .noAnswer) { client in
                    try await client.get("/api/v1/runs/\(run)")
                }
            } catch var failure as CommandFailure where failure.errors.first?.id == "run-not-found" {
                // As where the store is asked.
                failure.status = .error
                throw failure
            }
            isAnswered = document != nil
            guard let document else { return .success }
            switch output {
            case .json: Terminal.print(document.json)
            case .text: Terminal.print(ShowReport.text(document, style: Terminal.style))
            }
            return .success
        }
        return isAnswered
    }

    private static func isOfID(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
