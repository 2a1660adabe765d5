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
            the tenant records that the connector is validated, as the admin center shows it. The history keeps the answer.

            NAME is the definition's metadata.name of an outbound connector that was applied. Without --recipient the \
            messages go to the connector's validationRecipients. `gate` asks the partner's servers without sending mail; \
            `validate: after-apply` in mitregate.yaml validates after each change.

            Exit codes: 0 passed and recorded, 1 it did not pass, or error, 4 held, 6 the tenant could not be read or the \
            validation had no result, 7 passed but not recorded, 64 usage, 130 interrupted.

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
        let (name, recipients) = (name, recipients)
        try await answering(
            selection,
            output,
            ask: { context, reconciler in
                guard context.tenants.count == 1, let managed = context.tenants.first else {
                    throw CommandFailure(
                        .usage,
                        id: "one-tenant",
                        "validate-connector works on one tenant, and \(context.tenants.count) are selected.",
                        remedy: "Name it with --tenant."
                    )
                }
                return await ConnectorValidationRun(name, recipients: recipients, in: managed, reconciler).perform()
            },
            text: { document, style in ConnectorValidationReport.text(document, style: style) },
            status: \.exitStatus,
            refusals: \.refusals
        )
    }
}
