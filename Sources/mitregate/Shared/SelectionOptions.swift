import ArgumentParser
import Configuration
import Connectors
import Reports
import Site

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

    @OptionGroup var named: TenantOptions

    @Option(
        help: ArgumentHelp("Only this source's tenants.", valueName: "name"),
        completion: .custom(Suggestions.sources)
    )
    var source: String?

    @Flag(help: "Log the requests to servers on standard error; never a secret.")
    var verbose = false

    @OptionGroup var terminal: TerminalOptions

    /// The names of the selected tenants for a question about the history; `nil` where none is left out, not even those that
    /// the configuration has no more.
    func tenantNames(of context: CommandContext) -> [String]? { isAll ? nil : context.tenants.map(\.tenant.name) }

    /// The tenants that are meant, with their sources; a name or pattern that means none is an error, not an empty list.
    func tenants(of configuration: Configuration) throws -> [ManagedTenant] {
        try checkSource(among: configuration.sources.map(\.name), in: configuration.file)
        let known = configuration.tenants.filter { source == nil || $0.source.name == source }
        let candidates = known.map { TenantSelection.Candidate(name: $0.tenant.name, labels: $0.tenant.labels) }
        let chosen = try chosen(among: candidates, in: configuration.file)
        return known.filter { chosen.contains($0.tenant.name) }
    }

    /// The same of what a controller knows.
    func tenants(of document: TenantsDocument) throws -> TenantsDocument {
        let place = "the controller's configuration"
        try checkSource(among: Set(document.tenants.map(\.source)).sorted(), in: place)
        let known = document.tenants.filter { source == nil || $0.source == source }
        let chosen = try chosen(among: known.map(\.candidate), in: place)
        return TenantsDocument(tenants: known.filter { chosen.contains($0.tenant) })
    }

    private func chosen(among candidates: [TenantSelection.Candidate], in place: String) throws -> Set<String> {
        let place = place + (source.map { " below the source \"\($0)\"" } ?? "")
        return Set(try named.chosen(among: candidates, in: place).map(\.name))
    }

    private func checkSource(among sources: [String], in place: String) throws {
        guard let source, !sources.contains(source) else { return }
        throw CommandFailure(
            .usage,
            id: "source-unknown",
            "Source \"\(source.escapingControls)\" not found in \(place).",
            remedy: "Known sources: \(sources.joined(separator: ", "))."
        )
    }

    /// Whether all tenants of the configuration are meant.
    var isAll: Bool { named.isAll && source == nil }
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
