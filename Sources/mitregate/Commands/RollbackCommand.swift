import ArgumentParser
import Reconciling
import Reports

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Restore what a run touched, from its before-images.",
        usage: "mitregate rollback <run> [--auto-approve] [<options>]",
        discussion: """
            Takes a run's id from `history`, or any unambiguous beginning of it. Only what that run touched is restored, in \
            reverse order, and never over somebody else's later change. The run's commit is quarantined, so that apply does \
            not do it again before `retry`.

            Exit codes: 0 restored, 1 error, 4 somebody changed it since or it was not approved, 6 the tenant could not be \
            read, 7 partly restored, 130 interrupted.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(help: "The run's id, or the beginning of it.")
    var run: String

    @Flag(help: "Do not ask before writing.")
    var autoApprove = false

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
            var rollback = try await RollbackRun.find(run, context.environment)
            if let stop = await rollback.prepare() {
                await rollback.abandon()
                throw stop
            }
            context.progress.end()
            let style = TextStyle(usesColour: Terminal.usesColour)
            guard rollback.hasWork, let plan = rollback.plan else {
                await rollback.abandon()
                throw CommandFailure(
                    .error,
                    id: "nothing-to-restore",
                    "All that run \(rollback.earlierRun) touched is as it was before it, so there is nothing to restore.",
                    remedy: "`mitregate history` lists the runs."
                )
            }
            let entry = TenantPlan(plan: plan, judgements: nil, exitStatus: .done)
            let document = PlanDocument(tenants: [entry])
            if output == .text { Terminal.print(PlanReport.text(document, style: style)) }
            if !autoApprove {
                if output == .json { Terminal.note(PlanReport.text(document)) }
                do {
                    try await approve("Restore this?", context.interrupts)
                } catch {
                    await rollback.abandon()
                    throw error
                }
            }
            let outcome = await rollback.perform()
            context.progress.end()
            switch output {
            case .text: Terminal.print(ApplyReport.text(outcome, style: style))
            case .json: Terminal.print(outcome.json)
            }
            return ExitCode(outcome.exitStatus)
        }
    }
}
