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

    @Option(help: ArgumentHelp("Only this tenant; may be repeated. None means all.", valueName: "name"))
    var tenant: [String] = []

    @Option(help: ArgumentHelp("Only this source's tenants.", valueName: "name"))
    var source: String?

    @Flag(help: "Log what is asked of the servers, to standard error; never a secret.")
    var verbose = false

    /// The tenants that are meant, with their sources; a name that is not configured is an error, not an empty list.
    func tenants(of configuration: Configuration) throws -> [ManagedTenant] {
        let known = configuration.tenants
        try check(
            against: known.map(\.tenant.name),
            sources: configuration.sources.map(\.name),
            in: configuration.file
        )
        return known.filter { isMeant($0.tenant.name, of: $0.source.name) }
    }

    /// The same of what a controller knows.
    func tenants(of document: TenantsDocument) throws -> TenantsDocument {
        try check(
            against: document.tenants.map(\.tenant),
            sources: Set(document.tenants.map(\.source)).sorted(),
            in: "the controller's configuration"
        )
        return TenantsDocument(tenants: document.tenants.filter { isMeant($0.tenant, of: $0.source) })
    }

    private func isMeant(_ name: String, of source: String) -> Bool {
        (self.source == nil || self.source == source) && (tenant.isEmpty || tenant.contains(name))
    }

    private func check(against tenants: [String], sources: [String], in place: String) throws {
        if let source, !sources.contains(source) {
            throw CommandFailure(
                .usage,
                id: "source-unknown",
                "There is no source \"\(source.escapingControls)\" in \(place).",
                remedy: "Known sources: \(sources.joined(separator: ", "))."
            )
        }
        for name in tenant where !tenants.contains(name) {
            throw CommandFailure(
                .usage,
                id: "tenant-unknown",
                "There is no tenant \"\(name.escapingControls)\" in \(place).",
                remedy: "Known tenants: \(tenants.prefix(20).joined(separator: ", "))."
            )
        }
    }
}

/// How a command answers.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json

    static let help = ArgumentHelp("How the result is printed.", valueName: "format")
}
