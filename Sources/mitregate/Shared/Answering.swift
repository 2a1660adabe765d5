import ArgumentParser
import Reconciling
import Reports

/// The frame of every command that asks and prints one document: it opens the configuration and the store, asks, stops at
/// Ctrl-C, prints the answer in the format that was wanted, and says on standard error why there is none.
///
/// - Parameters:
///   - text: The answer for people.
///   - status: What the command exits with for that answer.
///   - refusals: Why some of it is missing or refused, one line for each tenant.
func answering<Document: ReportDocument>(
    _ selection: SelectionOptions,
    _ output: OutputFormat,
    store: CommandContext.StoreUse = .needed,
    ask: @escaping @Sendable (CommandContext, Reconciler) async throws -> Document,
    text: (Document, TextStyle) -> String,
    status: (Document) -> ExitStatus = { _ in .done },
    refusals: (Document) -> [Refusal] = { _ in [] }
) async throws {
    try await reporting(output) {
        let context = try await CommandContext.open(selection, store: store)
        let reconciler = Reconciler(context.environment)
        let document = try await context.interrupts.cancelling { try await ask(context, reconciler) }
        context.progress.end()
        switch output {
        case .text: Terminal.print(text(document, Terminal.style))
        case .json: Terminal.print(document.json)
        }
        Terminal.note(refusals(document))
        return ExitCode(status(document))
    }
}
