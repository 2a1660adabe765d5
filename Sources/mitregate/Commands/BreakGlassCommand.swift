import ArgumentParser
import Configuration
import Connectors
import Foundation
import Planning
import Reconciling
import Reports

struct BreakGlassCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "break-glass",
        abstract: "Switch a connector or a rule off at once, in an emergency, or on again.",
        usage: "mitregate break-glass disable|enable <name> --reason <text>",
        subcommands: [Disable.self, Enable.self]
    )

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable",
            abstract: "Disable a connector or a rule now, whatever git says.",
            usage: "mitregate break-glass disable <name> --reason <text> [<options>]",
            discussion: """
                Writes Enabled=false as `apply` writes: journaled, read back, in the history with the reason. Freezes and \
                proposals do not hold it; nothing else can be changed this way. Until a commit mentions it, or its time ends, \
                neither `apply` nor the controller puts it back, and `status` shows it. The patch that is printed has the \
                AcceptedDrift for the repository.

                NAME is the definition's metadata.name, or KIND/NAME where several kinds have it and one is meant. \
                A time is a date, an RFC 3339 instant, or a duration from now (12h, 7d); without it, 7d.

                Exit codes: 0 done, 1 error, 4 held or not approved, 5 it changed while you looked at it, 6 the tenant could \
                not be read, 7 partly done, 8 rolled back, 130 interrupted.

                Example:
                  mitregate break-glass disable fabrikam --tenant contoso --reason "A breach."
                """
        )

        @OptionGroup var options: BreakGlassOptions

        @Option(help: ArgumentHelp("Until when it stays off, if no commit mentions it before.", valueName: "time"))
        var until = "7d"

        func validate() throws { _ = try end(from: Date()) }

        private func end(from now: Date) throws -> Date {
            let end =
                Duration(configured: until).map { now.addingTimeInterval(Double($0.components.seconds)) }
                ?? Timestamp.deadline(until)
            guard let end, end > now, end <= now.addingTimeInterval(366 * 86_400) else {
                throw ValidationError(
                    "--until takes a time within the next year: a date (2027-03-01), an instant (2027-03-01T08:00:00Z) or a duration (7d)."
                )
            }
            return end
        }

        func run() async throws { try await options.run(.disable, until: try end(from: Date())) }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable",
            abstract: "Undo `break-glass disable`.",
            usage: "mitregate break-glass enable <name> --reason <text> [<options>]",
            discussion: """
                Only what `break-glass disable` switched off, and no commit mentions yet, is switched on again; for everything \
                else there is git. The partner's servers are not asked; `mitregate gate NAME` asks them.

                Exit codes are those of `break-glass disable`.

                Example:
                  mitregate break-glass enable fabrikam --tenant contoso --reason "It is over."
                """
        )

        @OptionGroup var options: BreakGlassOptions

        func run() async throws { try await options.run(.enable, until: Date()) }
    }
}

/// What both directions take, and the work that both do.
struct BreakGlassOptions: ParsableArguments {
    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(
        help: "The definition's metadata.name, or KIND/NAME.",
        completion: .custom(Suggestions.definitions)
    )
    var name: String

    @Option(help: ArgumentHelp("Why; the history and the patch keep it.", valueName: "text"))
    var reason: String

    @Flag(help: "Do not ask before writing.")
    var autoApprove = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func validate() throws {
        guard !reason.allSatisfy(\.isWhitespace) else {
            throw ValidationError("--reason is empty, and an auditor will ask for it.")
        }
        _ = try parts()
    }

    private func parts() throws -> (kind: ConnectorKind?, name: String) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1 { return (nil, name) }
        guard parts.count == 2, let kind = ConnectorKind(rawValue: parts[0]) else {
            let kinds = ConnectorKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("A name is a metadata.name, or KIND/NAME with one of the kinds \(kinds).")
        }
        return (kind, parts[1])
    }

    func run(_ action: EmergencyPlanner.Action, until: Date) async throws {
        try await reporting(output) {
            try requireAnswer(unless: autoApprove, otherwise: "nothing was written")
            let context = try await CommandContext.open(selection)
            let managed = try context.onlyTenant(for: "break-glass")
            let (kind, slug) = try parts()
            let emergency = BreakGlassRun(
                BreakGlassRun.Wish(action, name: slug, kind: kind, reason: reason, until: until),
                in: managed,
                Reconciler(context.environment)
            )
            let plan = try await context.interrupts.cancelling { try await emergency.plan() }
            context.progress.end()
            let shown = PlanDocument(tenants: [TenantPlan(plan: plan, judgements: nil, exitStatus: .done)])
            if output == .text, !plan.changes.isEmpty { Terminal.print(PlanReport.text(shown, style: Terminal.style)) }
            if !autoApprove, !plan.changes.isEmpty {
                if output == .json { Terminal.note(PlanReport.text(shown, style: Terminal.errorStyle)) }
                try await approve(BreakGlassReport.question(action, plan), context.interrupts)
            }
            let document = try await context.interrupts.cancelling { await emergency.perform(expecting: plan) }
            context.progress.end()
            switch output {
            case .text: Terminal.print(BreakGlassReport.text(document, style: Terminal.style))
            case .json: Terminal.print(document.json)
            }
            Terminal.note(document.refusals)
            return ExitCode(document.exitStatus)
        }
    }
}
