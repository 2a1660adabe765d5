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

    @OptionGroup var named: TenantOptions

    @Option(help: ArgumentHelp("Only this source's tenants.", valueName: "name"))
    var source: String?

    @Flag(help: "Log what is asked of the servers, to standard error; never a secret.")
    var verbose = false

    /// The tenants that are meant, with their sources; a name or pattern that means none is an error, not an empty list.
    func tenants(of configuration: Configuration) throws -> [ManagedTenant] {
        if let source, !configuration.sources.contains(where: { $0.name == source }) {
            throw CommandFailure(
                .usage,
                id: "source-unknown",
                "There is no source \"\(source)\" in \(configuration.file).",
                remedy: "Known sources: \(configuration.sources.map(\.name).joined(separator: ", "))."
            )
        }
        let known = configuration.tenants.filter { source == nil || $0.source.name == source }
        let place = configuration.file + (source.map { " below the source \"\($0)\"" } ?? "")
        let candidates = known.map { TenantSelection.Candidate(name: $0.tenant.name, labels: $0.tenant.labels) }
        let chosen = Set(try named.chosen(among: candidates, in: place).map(\.name))
        return known.filter { chosen.contains($0.tenant.name) }
    }

    /// Whether all tenants of the configuration are meant.
    var isAll: Bool { named.isAll && source == nil }
}

/// How a command answers.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json

    static let help = ArgumentHelp("How the result is printed.", valueName: "format")
}
