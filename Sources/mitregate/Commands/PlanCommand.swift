import ArgumentParser
import Foundation
import Planning
import Reconciling
import Reports

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what apply would do, and what it would do to mail. Writes nothing to any tenant.",
        usage: "mitregate plan [--out <file>] [--ref <ref>] [--state <file>] [<options>]",
        discussion: """
            Exit codes: 0 a plan was made, 1 error, 2 it has changes (only with --detailed-exitcode), 3 the TLS gate \
            blocks it, 4 it is held by a guard, a missing approval or a verdict that could not be reached, 6 a tenant \
            could not be read.
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: Format = .text

    @Option(
        help: ArgumentHelp("Save the plan, so that apply carries out exactly it.", valueName: "file"),
        completion: .file()
    )
    var out: String?

    @Flag(help: "Do not ask the partners' servers. Apply asks them all the same, before it writes.")
    var noGate = false

    @Flag(help: "Exit with 2 when there are changes.")
    var detailedExitcode = false

    @Flag(help: "Read the files on disk, not the commit. Such a plan cannot be saved or applied.")
    var workingTree = false

    @Option(
        help: ArgumentHelp(
            "Plan another commit of the source: a branch, a tag or an id. Such a plan cannot be saved or applied.",
            valueName: "ref"
        )
    )
    var ref: String?

    @Option(
        help: ArgumentHelp(
            "Take what was applied last from this file of `state export`, not from the store. Cannot be saved or applied.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var state: String?

    func validate() throws {
        if state != nil && out != nil {
            throw ValidationError(
                "--out saves a plan for apply, which uses the store, and --state plans without it. Give one of them."
            )
        }
        if workingTree && ref != nil {
            throw ValidationError(
                "--ref names a commit, and --working-tree reads what is not committed. Give one of them."
            )
        }
        if ref != nil && out != nil {
            throw ValidationError(
                "--out saves a plan for apply, which applies the source's branch and no other. Merge first, or omit --out."
            )
        }
        if workingTree && out != nil {
            throw ValidationError(
                "--out saves a plan for apply, and one of the working tree cannot be applied. Commit first, or omit --out."
            )
        }
    }

    func run() async throws {
        try await reporting(output == .json ? .json : .text) {
            let states = try state.map(RememberedTenant.exported)
            let context = try await CommandContext.open(selection, store: state == nil ? .needed : .none)
            var options = TenantRun.Options()
            options.reference = workingTree ? .workingTree : ref.map { .named($0) } ?? .branch
            options.looksAtWorkTree = true
            options.judgesPartners = !noGate
            options.states = states
            let reconciler = Reconciler(context.environment)
            let (tenants, runOptions) = (context.tenants, options)
            let document = try await context.interrupts.cancelling {
                PlanDocument(tenants: await reconciler.plan(tenants, options: runOptions).map(\.plan))
            }
            context.progress.end()
            if let out { try save(document, to: out) }
            show(document)
            Terminal.note(document.refusals)
            let status = document.exitStatus
            if status == .done && detailedExitcode
                && document.tenants.contains(where: { $0.plan?.changes.isEmpty == false })
            {
                return ExitCode(.changes)
            }
            return ExitCode(status)
        }
    }

    private func show(_ document: PlanDocument) {
        switch output {
        case .text:
            Terminal.print(PlanReport.text(document, style: Terminal.style, savedTo: out))
        case .json: Terminal.print(document.json)
        case .markdown: Terminal.print(PlanReport.markdown(document))
        }
    }

    /// The file may hold names and addresses of partners, so only its owner reads it.
    private func save(_ document: PlanDocument, to file: String) throws {
        guard
            FileManager.default.createFile(
                atPath: file,
                contents: Data(document.json.utf8),
                attributes: [.posixPermissions: 0o600]
            )
        else {
            throw CommandFailure(
                .error,
                id: "plan-file-not-written",
                "The plan could not be saved to \(file).",
                remedy: "Check that the folder exists and may be written to."
            )
        }
    }
}
