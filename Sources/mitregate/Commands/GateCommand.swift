import ArgumentParser
import Connectors
import Configuration
import Foundation
import Reconciling
import Reports
import TLSGate

struct GateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract:
            "Ask the partners' mail servers whether mail would flow under the definitions, whether or not anything changes.",
        usage: "mitregate gate [<name> ...] [<options>]",
        discussion: """
            Reads git, not the tenants. It also lists which certificate ends when, soonest first. With --expires-within it lists \
            only the certificates that end within that time, and exits with 2 where there is one. As certificates change slowly, \
            it then reuses what a run saw in the last 24 hours, and asks only the servers that were not seen since; \
            --evidence-age sets that time, and 0s asks them all.

            Exit codes: 0 mail would flow, 1 error, 2 a certificate ends (only with --expires-within), 3 a connector would not \
            deliver, 4 a person must accept something, or a partner could not be judged now.

            Examples:
              mitregate gate --only-problems
              mitregate gate --expires-within 30d -o json
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(help: "Definitions by their metadata.name; none means all.", completion: .custom(Suggestions.definitions))
    var names: [String] = []

    @OptionGroup var problems: ProblemOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    @Option(
        help: ArgumentHelp(
            "List the certificates that end within this time, as 30d; exit with 2 where there is one.",
            valueName: "time"
        )
    )
    var expiresWithin: String?

    @Option(
        help: ArgumentHelp(
            "With --expires-within: reuse what a run saw at most this long ago; 24h if not given, 0s asks all servers.",
            valueName: "time"
        )
    )
    var evidenceAge: String?

    func validate() throws {
        _ = try end(from: Date())
        _ = try keptAge()
        guard evidenceAge == nil || expiresWithin != nil else {
            throw ValidationError("--evidence-age goes only with --expires-within; without it all servers are asked.")
        }
    }

    /// How old may be what the servers are not asked for again.
    private func keptAge() throws -> Duration {
        guard expiresWithin != nil else { return .zero }
        guard let evidenceAge else { return .seconds(86_400) }
        guard let duration = Duration(configured: evidenceAge) else {
            throw ValidationError("--evidence-age takes a time such as 24h or 0s.")
        }
        return duration
    }

    /// Until when a certificate must hold; `nil` where that is not asked.
    private func end(from now: Date) throws -> Date? {
        try expiresWithin.map { text in
            guard let duration = Duration(configured: text) else {
                throw ValidationError("--expires-within takes a time such as 30d or 12h.")
            }
            return now.addingTimeInterval(Double(duration.components.seconds))
        }
    }

    func run() async throws {
        let wanted = Set(names)
        let now = Date()
        let end = try end(from: now)
        let keptAge = try keptAge()
        try await answering(
            selection,
            output,
            ask: { context, reconciler in
                let document = await reconciler.gate(context.tenants, names: wanted, keptAge: keptAge)
                let found = Set(document.tenants.flatMap(\.judgements).map(\.connector.name))
                if let unknown = wanted.subtracting(found).min(), document.tenants.allSatisfy(\.errors.isEmpty) {
                    throw CommandFailure(
                        .error,
                        id: "name-unknown",
                        "No connector in use has the name \"\(unknown)\".",
                        remedy: "Use a metadata.name; a disabled connector takes no mail and is not judged."
                    )
                }
                return document
            },
            shown: { [onlyProblems = problems.onlyProblems] in onlyProblems ? $0.onlyProblems : $0 },
            text: { whole, shown, style in
                if let end { return GateReport.expiring(whole, before: end, style: style, now: now) }
                return GateReport.text(shown, of: whole, style: style, now: now)
                    + OnlyProblems.line(left: shown.tenants.count, of: whole.tenants.count, "tenant")
            },
            status: { document in
                guard let end, document.hasCertificate(endingBefore: end) else { return document.exitStatus }
                return .changes
            },
            refusals: \.refusals
        )
    }
}
