import ArgumentParser
import Reconciling
import Reports

struct ValidateConnectorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate-connector",
        abstract: "Have Exchange test an outbound connector by sending mail through it.",
        usage: "mitregate validate-connector <name> [<options>]",
        discussion: """
            Runs Exchange's own validation, Validate-OutboundConnector: Exchange connects to the partner's servers and sends \
            a real test message to each recipient, which may take some minutes. No setting changes. Where all of it passed, \
            the tenant records that the connector is validated, as the admin center shows it: that is written as `apply` \
            writes, journaled and read back. The history keeps the answer. It asks before, on a terminal; without one it \
            needs --auto-approve.

            NAME is the definition's metadata.name of an outbound connector that was applied. Without --recipient the \
            messages go to the connector's validationRecipients. `gate` asks the partner's servers without sending mail; \
            `validate: after-apply` in mitregate.yaml validates after each change.

            Exit codes: 0 passed and recorded, 1 it did not pass, or error, 4 held or not approved, 5 it changed while you \
            looked at it, 6 the tenant could not be read or the validation had no result, 7 passed but not recorded, \
            64 usage, 130 interrupted.

            Examples:
              mitregate validate-connector fabrikam --tenant contoso
              mitregate validate-connector fabrikam --recipient tls-test@fabrikam.com
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(help: "The definition's metadata.name.", completion: .custom(Suggestions.definitions))
    var name: String

    @Option(
        name: .customLong("recipient"),
        help: ArgumentHelp(
            "Who gets a test message, instead of the connector's validationRecipients; may be repeated.",
            valueName: "address"
        )
    )
    var recipients: [String] = []

    @Flag(help: "Do not ask before the messages are sent.")
    var autoApprove = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func validate() throws {
        guard recipients.count <= Self.maximumRecipients else {
            throw ValidationError("--recipient can be given \(Self.maximumRecipients) times at most.")
        }
        for recipient in recipients where !Self.isAddress(recipient) {
            throw ValidationError(
                "--recipient takes a mail address such as tls-test@fabrikam.com, not \"\(recipient)\"."
            )
        }
    }

    private static let maximumRecipients = 10

    /// Whether it looks like one; what the connector serves is Exchange's to say.
    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty && text.utf8.count <= 320
            && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
    }

    func run() async throws {
        try await reporting(output) {
            try requireAnswer(unless: autoApprove, otherwise: "no test message was sent and nothing was written")
            let context = try await CommandContext.open(selection)
            let managed = try context.onlyTenant(for: "validate-connector")
            let reconciler = Reconciler(context.environment)
            let validation = ConnectorValidationRun(name, recipients: recipients, in: managed, reconciler)
            let document = try await answer(validation, context)
            context.progress.end()
            switch output {
            case .text: Terminal.print(ConnectorValidationReport.text(document, style: Terminal.style))
            case .json: Terminal.print(document.json)
            }
            Terminal.note(document.refusals)
            return ExitCode(document.exitStatus)
        }
    }

    /// Asks the person, and then Exchange.
    private func answer(
        _ validation: ConnectorValidationRun,
        _ context: CommandContext
    ) async throws -> ConnectorValidationDocument {
        var seen: ConnectorValidationRun.Preview?
        if !autoApprove {
            let preview: ConnectorValidationRun.Preview
            do {
                preview = try await context.interrupts.cancelling { try await validation.preview() }
            } catch let stop as RunStop {
                return validation.refused(stop)
            }
            context.progress.end()
            let question = ConnectorValidationReport.question(
                tenant: preview.tenant,
                displayName: preview.displayName,
                recipients: preview.recipients
            )
            try await approve(question, context.interrupts, otherwise: "no message was sent and nothing was written")
            seen = preview
        }
        let expected = seen
        return try await context.interrupts.cancelling { await validation.perform(expecting: expected) }
    }
}
