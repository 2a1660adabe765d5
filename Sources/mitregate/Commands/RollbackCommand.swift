import ArgumentParser
import Planning
import Reconciling
import Reports

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Restore what a run touched, from its before-images.",
        usage: "mitregate rollback <run> [--skip-changed] [--accept-weaker] [<options>]",
        discussion: """
            Takes a run's id from `history`, or any unambiguous beginning of it. Only what that run touched is restored, in \
            reverse order, and never over someone else's later change. The run's commit is quarantined, so that apply does \
            not do it again before `retry`.

            Where that would weaken security, as by a lower TLS level, it also takes --accept-weaker.

            Exit codes: 0 restored, 1 error, 4 someone changed it since, it would weaken security or it was not approved, 5 it changed while you looked at it, 6 the tenant could not be \
            read, 7 partly restored, 130 interrupted.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(help: "The run's id, or the beginning of it.", completion: .custom(Suggestions.runs))
    var run: String

    @Flag(help: "Do not ask before writing.")
    var autoApprove = false

    @Flag(
        help:
            "Restore the rest where someone else has changed some of it since; what is left is said, with exit code 7."
    )
    var skipChanged = false

    @Flag(help: "Restore even where what was before is less secure than what is now.")
    var acceptWeaker = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            guard autoApprove || Terminal.isInputTerminal else {
                throw CommandFailure(
                    .usage,
                    id: "approval-impossible",
                    "There is no terminal to ask on, so nothing was restored.",
                    remedy: "Give --auto-approve."
                )
            }
            let context = try await CommandContext.open(selection)
            let rollback = try await RollbackRun.find(
                run,
                context.environment,
                consent: RollbackRun.Consent(skipsChanged: skipChanged, acceptsWeaker: acceptWeaker)
            )
            let plan = try await context.interrupts.cancelling { try await rollback.plan() }
            context.progress.end()
            let document = PlanDocument(tenants: [TenantPlan(plan: plan, judgements: nil, exitStatus: .done)])
            if output == .text { Terminal.print(PlanReport.text(document, style: Terminal.style)) }
            if !autoApprove {
                if output == .json { Terminal.note(PlanReport.text(document)) }
                let changes = plan.changes.count == 1 ? "1 change" : "\(plan.changes.count) changes"
                try await approve(
                    "Roll back \(changes) of run \(rollback.earlier.id) in \(plan.tenant)?",
                    context.interrupts
                )
            }
            let outcome = try await context.interrupts.cancelling { await rollback.perform(expecting: plan) }
            context.progress.end()
            switch output {
            case .text: Terminal.print(ApplyReport.text(outcome, style: Terminal.style))
            case .json: Terminal.print(outcome.json)
            }
            Terminal.note(outcome.refusals)
            return ExitCode(outcome.exitStatus)
        }
    }
}
