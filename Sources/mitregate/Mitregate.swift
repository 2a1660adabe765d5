import ArgumentParser
import Reports

/// The program: each subcommand is a file of its own under `Commands`.
@main
struct Mitregate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mitregate",
        abstract: "Keep Exchange Online's mail-flow connectors level with git.",
        usage: "mitregate <command> [<options>]",
        discussion: """
            Start with `mitregate init`, which asks for a tenant and a repository, and writes mitregate.yaml. \
            `mitregate validate FOLDER` checks a folder of definitions; it needs no configuration and no network. The \
            other commands read mitregate.yaml (or --config FILE, or MITREGATE_CONFIG).

            Exit codes: 0 done or in sync, 1 error, 2 changes present (only with --detailed-exitcode), 3 blocked by the \
            TLS gate, 4 held by a guard or a missing approval, 5 the plan is stale, 6 the tenant's state could not be \
            read, 7 partly applied, 8 rolled back, 64 usage, 130 interrupted.
            """,
        version: Self.version.line,
        subcommands: [
            InitCommand.self, ValidateCommand.self, ValidateConnectorCommand.self, PlanCommand.self, GateCommand.self,
            ProbeCommand.self,
            PartnerCommand.self,
            CertificateCommand.self, ApplyCommand.self, DriftCommand.self, StatusCommand.self, HistoryCommand.self,
            ShowCommand.self, ReportCommand.self, CommentCommand.self, RollbackCommand.self, BreakGlassCommand.self,
            RetryCommand.self, ImportCommand.self,
            DoctorCommand.self,
            SchemaCommand.self, TemplateCommand.self, StateCommand.self, ControllerCommand.self, ReconcileCommand.self,
            SuspendCommand.self,
            ResumeCommand.self, ApproveCommand.self, WatchCommand.self, EventsCommand.self, GitFetchCommand.self,
        ]
    )

    /// The number of the next release, and the commit that this build is of.
    static let version = ProgramVersion(
        number: "0.2.0",
        commit: Revision.commit,
        date: Revision.date,
        tag: Revision.tag,
        isChanged: Revision.isChanged
    )
}
