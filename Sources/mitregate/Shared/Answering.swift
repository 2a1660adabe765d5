import ArgumentParser
import Reconciling
import Reports

/// The frame of every command that asks and prints one document: it opens the configuration and the store, asks, stops at
/// Ctrl-C, prints the answer in the format that was wanted, and says on standard error why there is none.
///
/// - Parameters:
///   - shown: What of the answer is wanted, in whatever form.
///   - text: What is shown for people, made from the whole answer.
///   - status: What the command exits with for that answer.
///   - refusals: Why some of it is missing or refused, one line for each tenant.
func answering<Document: ReportDocument>(
    _ selection: SelectionOptions,
    _ output: OutputFormat,
    store: CommandContext.StoreUse = .needed,
    ask: @escaping @Sendable (CommandContext, Reconciler) async throws -> Document,
    shown: (Document) -> Document = { $0 },
    text: (_ whole: Document, _ shown: Document, TextStyle) -> String,
    status: (Document) -> ExitStatus = { _ in .done },
    refusals: (Document) -> [Refusal] = { _ in [] }
) async throws {
    try await reporting(output) {
        let context = try await CommandContext.open(selection, store: store)
        let reconciler = Reconciler(context.environment)
        let document = try await context.interrupts.cancelling { try await ask(context, reconciler) }
        context.progress.end()
        switch output {
        case .text: Terminal.print(text(document, shown(document), Terminal.style))
        case .json: Terminal.print(shown(document).json)
        }
        Terminal.note(refusals(document))
        return ExitCode(status(document))
    }
}

/// The same for a command of whose answer all is shown.
func answering<Document: ReportDocument>(
    _ selection: SelectionOptions,
    _ output: OutputFormat,
    store: CommandContext.StoreUse = .needed,
    ask: @escaping @Sendable (CommandContext, Reconciler) async throws -> Document,
    text: (Document, TextStyle) -> String,
    status: (Document) -> ExitStatus = { _ in .done },
    refusals: (Document) -> [Refusal] = { _ in [] }
) async throws {
    try await answering(
        selection,
        output,
        store: store,
        ask: ask,
        text: { _, shown, style in text(shown, style) },
        status: status,
        refusals: refusals
    )
}
