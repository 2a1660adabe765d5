import ArgumentParser
import Configuration
import Controller
import Foundation
import Reconciling
import Reports

struct CommentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "comment",
        abstract: "Plan what a pull request would do, and write it there, for pipelines without the controller.",
        usage: "mitregate comment --pull-request <number> [--state <file>] [<options>]",
        discussion: """
            It merges the request's head into the branch in memory, plans and gates what comes out, sets the statuses and \
            writes the comment that the controller would; a comment of an earlier run is replaced. The source needs a \
            `forge`. Where a controller runs, leave this to it.

            Exit codes: 0 written, 1 error, 3 the TLS gate blocks the plan, 4 it is held, or the request has a conflict, 6 a \
            tenant could not be read, 64 the source has no forge.

            Example:
              mitregate comment --pull-request 7 --state state.json
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(help: ArgumentHelp("The request's number on the forge.", valueName: "number"))
    var pullRequest: Int

    @Option(
        help: ArgumentHelp(
            "Take what was applied last from this file of `state export`, not from the store.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var state: String?

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let states = try state.map(RememberedTenant.exported)
            let context = try await CommandContext.open(selection, store: states == nil ? .needed : .none)
            let source = try source(of: context)
            let environment = context.environment
            let number = pullRequest
            let answer = try await context.interrupts.cancelling { () async throws -> WrittenRequest in
                let snapshot = try await SourceReader(environment).snapshot(of: source)
                var tools = RequestTools(
                    environment: { environment },
                    shared: SharedResources(environment),
                    open: { try environment.forge(of: $0) },
                    branch: { _ in snapshot }
                )
                tools.remembered = states
                return try await RequestDesk(source.name, tools: tools).answer(number)
            }
            context.progress.end()
            let plans = PlanDocument(tenants: answer.plans)
            switch output {
            case .text: Terminal.print("Written: \(answer.page.isEmpty ? "request \(number)" : answer.page)\n")
            case .json:
                let document = CommentDocument(
                    request: number,
                    page: answer.page,
                    reason: answer.reason,
                    tenants: answer.plans,
                    exitStatus: answer.exitStatus
                )
                Terminal.print(document.json)
            }
            if let reason = answer.reason { Terminal.note("✗ \(reason)") }
            Terminal.note(plans.refusals)
            return ExitCode(answer.exitStatus)
        }
    }

    /// The one source that is meant; only one with a forge can be.
    private func source(of context: CommandContext) throws -> Source {
        let names = Set(context.tenants.map(\.source.name))
        let meant = context.configuration.sources.filter { names.contains($0.name) }
        let able = meant.filter { $0.forge != nil }
        guard let source = able.first, able.count == 1 else {
            let isNone = able.isEmpty
            throw CommandFailure(
                .usage,
                id: isNone ? "forge-missing" : "source-ambiguous",
                isNone
                    ? "None of the selected sources has a `forge`, so no request can be written on."
                    : "\(able.count) sources have a `forge`.",
                remedy: isNone
                    ? "Add forge: {kind: …, url: …, repository: …, credentials: …} to the source in \(context.configuration.file)."
                    : "Name one: --source \(able.map(\.name).joined(separator: ", or --source "))."
            )
        }
        return source
    }
}
