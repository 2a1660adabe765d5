import ArgumentParser
import Configuration
import Connectors
import Foundation
import Planning
import Reconciling
import Reports

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Bring the tenants level with git: exactly a saved plan, or a new one after asking.",
        usage: "mitregate apply [<planfile>] [--auto-approve] [<options>]",
        discussion: """
            A saved plan is applied exactly, or refused as stale. The TLS gate judges again before anything is written, also \
            for a plan that was made with --no-gate. Without a terminal to ask on, it needs a plan file or --auto-approve.

            A run that fails is rolled back, step by step, and never over a later change by someone else. Ctrl-C finishes the \
            write in flight, rolls the run back and says so; a run that was cut off is finished or rolled back by the next \
            apply.

            Exit codes: 0 done, 1 error, 3 blocked by the TLS gate, 4 held, 5 the saved plan is stale, 6 a tenant could \
            not be read, 7 partly applied, 8 rolled back, 130 interrupted.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(help: ArgumentHelp("A plan that `plan --out` saved.", valueName: "planfile"), completion: .file())
    var planFile: String?

    @Flag(help: "Do not ask before writing.")
    var autoApprove = false

    @Option(
        help: ArgumentHelp(
            "Accept this commit (40 hex digits) although it does not descend from the one applied last.",
            valueName: "commit"
        )
    )
    var acceptRevision: String?

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func validate() throws {
        if let acceptRevision, acceptRevision.utf8.count != 40 || !acceptRevision.allSatisfy(\.isHexDigit) {
            throw ValidationError("--accept-revision takes the whole commit id, 40 hex digits.")
        }
    }

    func run() async throws {
        try await reporting(output) {
            try requireAnswer(
                unless: autoApprove || planFile != nil,
                otherwise: "nothing was planned or applied",
                remedy: "Give a plan file that was reviewed, or --auto-approve."
            )
            let context = try await CommandContext.open(selection)
            var options = TenantRun.Options()
            options.looksAtWorkTree = true
            options.acceptedRevision = acceptRevision?.lowercased()
            let reconciler = Reconciler(context.environment)
            await context.settleRequests()
            guard let planFile else {
                return try await Self.applyNew(context, reconciler, options, asks: !autoApprove, output)
            }
            let saved = try Self.saved(planFile)
            let tenants = try chosen(context, saved)
            options.isAttended = true
            let runOptions = options
            let expected = Dictionary(uniqueKeysWithValues: saved.tenants.map { ($0.tenant, $0.expected) })
            let endings = try await context.interrupts.cancelling {
                await reconciler.apply(tenants, options: runOptions, expected: expected)
            }
            return Self.show(endings, reviewed: saved, context, output)
        }
    }

    /// Plans and applies; where a person is asked, the lease is taken only after the answer, and a plan that then
    /// differs from the one that was shown is stale.
    private static func applyNew(
        _ context: CommandContext,
        _ reconciler: Reconciler,
        _ options: TenantRun.Options,
        asks: Bool,
        _ output: OutputFormat
    ) async throws -> ExitCode {
        let tenants = context.tenants
        guard asks else {
            let endings = try await context.interrupts.cancelling {
                await reconciler.apply(tenants, options: options)
            }
            return show(endings, reviewed: nil, context, output)
        }
        let (unfinished, planned) = try await context.interrupts.cancelling {
            let unfinished = await reconciler.finishUnfinished(tenants)
            let sound = tenants.filter { unfinished[$0.tenant.name] == nil }
            return (unfinished, await reconciler.plan(sound, options: options))
        }
        context.progress.end()
        let plan = PlanReport.text(
            PlanDocument(tenants: planned.map(\.plan)),
            style: output == .text ? Terminal.style : TextStyle()
        )
        if output == .text { Terminal.print(plan) } else { Terminal.note(plan) }
        var options = options
        if planned.contains(where: \.hasWork) {
            try await approve(PlanReport.question(planned.filter(\.hasWork).map(\.plan)), context.interrupts)
            options.isAttended = true
        }
        var expected = unfinished.mapValues { Reconciler.Expected.refused($0) }
        for ending in planned { expected[ending.tenant] = ending.expected }
        let (runOptions, seen) = (options, expected)
        let endings = try await context.interrupts.cancelling {
            await reconciler.apply(tenants, options: runOptions, expected: seen)
        }
        context.progress.end()
        return end(endings, context, output)
    }

    /// Shows what was planned and what came of it.
    private static func show(
        _ endings: [RunEnding],
        reviewed: PlanDocument?,
        _ context: CommandContext,
        _ output: OutputFormat
    ) -> ExitCode {
        context.progress.end()
        if output == .text {
            let plan = PlanDocument(tenants: endings.map(\.plan))
            Terminal.print(PlanReport.text(plan, style: Terminal.style, reviewed: reviewed))
        }
        return end(endings, context, output)
    }

    private static func end(_ endings: [RunEnding], _ context: CommandContext, _ output: OutputFormat) -> ExitCode {
        let outcome = ApplyDocument(tenants: endings.map(\.outcome))
        switch output {
        case .text: Terminal.print(ApplyReport.text(outcome, style: Terminal.style))
        case .json: Terminal.print(outcome.json)
        }
        Terminal.note(outcome.refusals)
        return ExitCode(outcome.exitStatus)
    }

    private static func saved(_ file: String) throws -> PlanDocument {
        guard let bytes = BoundedFile.read(file, limit: PlanDocument.maximumSize) else {
            throw CommandFailure(
                .error,
                id: "plan-file-missing",
                "The plan file \(file) cannot be read.",
                remedy: "Save one with: mitregate plan --out \(file)"
            )
        }
        return try PlanDocument.read(bytes, file: file)
    }

    /// With a plan file, its tenants; none of them may be unknown here.
    private func chosen(_ context: CommandContext, _ saved: PlanDocument?) throws -> [ManagedTenant] {
        guard let saved else { return context.tenants }
        let names = Set(saved.tenants.map(\.tenant))
        let chosen = context.tenants.filter { names.contains($0.tenant.name) }
        let known = Set(context.configuration.tenants.map(\.tenant.name))
        if let unknown = names.subtracting(known).min() {
            throw CommandFailure(
                .error,
                id: "plan-file-tenant",
                "The plan is for tenant \"\(unknown.escapingControls)\", which \(context.configuration.file) does not have.",
                remedy: "Use the configuration that the plan was made with."
            )
        }
        return chosen
    }
}
