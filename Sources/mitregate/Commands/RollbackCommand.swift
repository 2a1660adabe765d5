import ArgumentParser
import Configuration
import Connectors
import Planning
import Reconciling
import Reports

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Restore what a run, or all runs of a commit, touched, from the before-images.",
        usage: "mitregate rollback (<run> | --revision <commit>) [<options>]",
        discussion: """
            Takes a run's id from `history`, or any unambiguous beginning of it. Only what that run touched is restored, in \
            reverse order, and never over someone else's later change. The run's commit is quarantined, so that apply does \
            not do it again before `retry`.

            With --revision it does so for every run that applied the commit, in all tenants or those that are named, newest \
            first. A tenant in which that cannot be done is left as it is, and stops no other.

            Where that would weaken security, as by a lower TLS level, it also takes --accept-weaker.

            Exit codes: 0 restored, 1 error, 4 someone changed it since, it would weaken security or it was not approved, 5 it changed while you looked at it, 6 the tenant could not be \
            read, 7 partly restored, 130 interrupted.

            Examples:
              mitregate rollback 01KD3V
              mitregate rollback --revision 6495eca7e359 --tenant 'hospital-*'
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(
        help: ArgumentHelp("The run's id, or the beginning of it.", valueName: "run"),
        completion: .custom(Suggestions.runs)
    )
    var earlier: String?

    @Option(
        help: ArgumentHelp(
            "Roll back all runs that applied this commit: its id, or 7 or more digits.",
            valueName: "commit"
        )
    )
    var revision: String?

    @Flag(help: "Do not ask before writing.")
    var autoApprove = false

    @Flag(
        help:
            "Where someone else has changed some of it since, restore the rest, say what was left alone, and exit with 7."
    )
    var skipChanged = false

    @Flag(help: "Restore even where the earlier state is less secure than the current one.")
    var acceptWeaker = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func validate() throws {
        guard (earlier == nil) != (revision == nil) else {
            throw ValidationError("Name either a run, or a commit with --revision.")
        }
        if let revision,
            !(7...40).contains(revision.utf8.count) || !revision.allSatisfy({ $0.isASCII && $0.isHexDigit })
        {
            throw ValidationError("--revision takes 7 to 40 hex digits of a commit's id.")
        }
        if earlier != nil, !selection.isAll {
            throw ValidationError(
                "A run belongs to one tenant; --tenant, --label, --exclude and --source go only with --revision."
            )
        }
    }

    func run() async throws {
        try await reporting(output) {
            try requireAnswer(unless: autoApprove, otherwise: "nothing was restored")
            let context = try await CommandContext.open(selection)
            let consent = RollbackRun.Consent(skipsChanged: skipChanged, acceptsWeaker: acceptWeaker)
            let outcome: ApplyDocument
            if let earlier {
                outcome = try await restore(earlier, consent, context)
            } else {
                outcome = try await restore(commit: (revision ?? "").asciiLowercased, consent, context)
            }
            context.progress.end()
            switch output {
            case .text: Terminal.print(ApplyReport.text(outcome, style: Terminal.style))
            case .json: Terminal.print(outcome.json)
            }
            Terminal.note(outcome.refusals)
            return ExitCode(outcome.exitStatus)
        }
    }

    private func restore(
        _ run: String,
        _ consent: RollbackRun.Consent,
        _ context: CommandContext
    ) async throws -> ApplyDocument {
        let rollback = try await RollbackRun.find(run, context.environment, consent: consent)
        let plan = try await context.interrupts.cancelling { try await rollback.plan() }
        show([plan], context)
        if !autoApprove {
            let changes = plan.changes.count == 1 ? "1 change" : "\(plan.changes.count) changes"
            try await approve(
                "Roll back \(changes) of run \(rollback.earlier.id) in \(plan.tenant)?",
                context.interrupts
            )
        }
        return try await context.interrupts.cancelling { await rollback.perform(expecting: plan) }
    }

    /// The newest run of each tenant first, then those before them: each is shown as the tenant is by then.
    private func restore(
        commit: String,
        _ consent: RollbackRun.Consent,
        _ context: CommandContext
    ) async throws -> ApplyDocument {
        var rest = try await RollbackRun.find(
            revision: commit,
            of: context.tenants,
            context.environment,
            consent: consent
        )
        var outcome = ApplyDocument(tenants: [])
        while !rest.isEmpty {
            let round = rest.compactMap(\.first)
            let planned = try await context.interrupts.cancelling { await RollbackRun.plan(round) }
            outcome.tenants += planned.compactMap(\.refusal)
            let sound = planned.filter { $0.plan != nil }
            if !sound.isEmpty {
                show(sound.compactMap(\.plan), context)
                if !autoApprove {
                    let tenants = sound.count == 1 ? sound[0].run.tenant : "\(sound.count) tenants"
                    try await approve("Roll back commit \(commit.prefix(12)) in \(tenants)?", context.interrupts)
                }
                outcome.tenants += try await context.interrupts.cancelling { await RollbackRun.perform(sound) }
            }
            // A tenant in which the newest run stays is left as it is.
            let restored = Set(sound.map(\.run.tenant)).subtracting(
                outcome.tenants.filter { $0.exitStatus != .done }.map(\.tenant)
            )
            let unchanged = planned.filter(\.isUnchanged).map(\.run.tenant)
            rest = rest.filter { runs in
                runs.first.map { restored.contains($0.tenant) || unchanged.contains($0.tenant) } ?? false
            }.map { Array($0.dropFirst()) }.filter { !$0.isEmpty }
        }
        return outcome
    }

    private func show(_ plans: [Plan], _ context: CommandContext) {
        context.progress.end()
        let document = PlanDocument(
            tenants: plans.map { TenantPlan(plan: $0, judgements: nil, exitStatus: .done) }
        )
        if output == .text {
            Terminal.print(PlanReport.text(document, style: Terminal.style))
        } else if !autoApprove {
            Terminal.note(PlanReport.text(document))
        }
    }
}
