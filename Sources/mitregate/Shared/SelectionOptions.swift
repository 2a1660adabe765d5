import ArgumentParser
import Configuration
import Reports

/// Which configuration is read, and which of its tenants are meant.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration; else MITREGATE_CONFIG names it, else it is mitregate.yaml.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: String?

    @Option(
        help: ArgumentHelp("Only this tenant; may be repeated. None means all.", valueName: "name"),
        completion: .custom(Suggestions.tenants)
    )
    var tenant: [String] = []

    @Option(
        help: ArgumentHelp("Only this source's tenants.", valueName: "name"),
        completion: .custom(Suggestions.sources)
    )
    var source: String?

    @Flag(help: "Log what is asked of the servers, to standard error; never a secret.")
    var verbose = false

    @OptionGroup var terminal: TerminalOptions

    /// The names of the selected tenants for a question about the history; `nil` where none is left out, not even those that
    /// the configuration has no more.
    func tenantNames(of context: CommandContext) -> [String]? {
        tenant.isEmpty && source == nil ? nil : context.tenants.map(\.tenant.name)
    }

    /// The tenants that are meant, with their sources; a name that is not configured is an error, not an empty list.
    func tenants(of configuration: Configuration) throws -> [ManagedTenant] {
        if let source, !configuration.sources.contains(where: { $0.name == source }) {
            throw CommandFailure(
                .usage,
                id: "source-unknown",
                "There is no source \"\(source)\" in \(configuration.file).",
                remedy: "Known sources: \(configuration.sources.map(\.name).joined(separator: ", "))."
            )
        }
        let known = configuration.tenants
        for name in tenant where !known.contains(where: { $0.tenant.name == name }) {
            throw CommandFailure(
                .usage,
                id: "tenant-unknown",
                "There is no tenant \"\(name)\" in \(configuration.file).",
                remedy: "Known tenants: \(known.prefix(20).map(\.tenant.name).joined(separator: ", "))."
            )
        }
        return known.filter { entry in
            (source == nil || entry.source.name == source) && (tenant.isEmpty || tenant.contains(entry.tenant.name))
        }
    }
}

/// What of an answer is wanted.
struct ProblemOptions: ParsableArguments {
    @Flag(help: "Leave out what is as it should be.")
    var onlyProblems = false
}

/// How a command answers.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json

    static let help = ArgumentHelp("How the result is printed.", valueName: "format")
}
