import ArgumentParser
import Configuration
import Connectors
import Definitions
import Reconciling
import Reports

struct TemplateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "Show the definitions that a template makes of each of its instances.",
        usage: "mitregate template <name> [--tenant <name>] [--working-tree] [<options>]",
        discussion: """
            NAME is that of a file in the repository's folder `templates`, without .yaml. The definitions are printed as YAML, \
            with comments that say where each comes from. Neither the tenant nor a partner is asked.

            Exit codes: 0 done, 1 an error in the definitions, 64 no instance in the selected tenants.

            Examples:
              mitregate template forced-tls --tenant hospital-bern
              mitregate template forced-tls --label tier=gold -o json
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(help: "The template's name.")
    var name: String

    @Flag(help: "Read the files as they lie in the work tree, committed or not.")
    var workingTree = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let context = try await CommandContext.open(selection)
            let reconciler = Reconciler(context.environment)
            let (wanted, isOfWorkingTree) = (name, workingTree)
            var tenants: [TemplateDocument.Tenant] = []
            for entry in context.tenants {
                let (revision, instances) = try await context.interrupts.cancelling {
                    try await reconciler.instances(of: wanted, in: entry, isOfWorkingTree: isOfWorkingTree)
                }
                guard !instances.isEmpty else { continue }
                tenants.append(
                    TemplateDocument.Tenant(tenant: entry.tenant.name, revision: revision, instances: instances)
                )
            }
            context.progress.end()
            guard !tenants.isEmpty else { throw Self.noInstance(of: wanted, context.tenants.count) }
            let document = TemplateDocument(template: wanted, tenants: tenants)
            switch output {
            case .text: Terminal.print(document.text)
            case .json: Terminal.print(document.json)
            }
            return .success
        }
    }

    private static func noInstance(of name: String, _ tenants: Int) -> CommandFailure {
        CommandFailure(
            .usage,
            id: "template-unknown",
            "\(tenants == 1 ? "The tenant has" : "None of the \(tenants) tenants has") "
                + "\(tenants == 1 ? "no" : "an") instance of a template \"\(String(name.prefix(80)).escapingControls)\".",
            remedy:
                "An instance is a document of kind TemplateInstance, or `templates` of the tenant in the configuration."
        )
    }
}

/// What a template makes of its instances, tenant by tenant.
struct TemplateDocument: ReportDocument {
    static let kind = "TemplateInstances"

    struct Tenant: Sendable {
        let tenant: String
        /// `nil` for a working tree.
        let revision: String?
        let instances: [ExpandedInstance]
    }

    let template: String
    let tenants: [Tenant]

    /// YAML, with where each part comes from in comments.
    var text: String {
        tenants.map { tenant in
            let commit = tenant.revision.map { "commit \($0.prefix(12))" } ?? "the work tree"
            return "# Tenant \(tenant.tenant), \(commit)\n" + tenant.instances.map(Self.text).joined()
        }.joined(separator: "\n")
    }

    private static func text(_ instance: ExpandedInstance) -> String {
        let place = instance.isConfigured ? "configured at \(instance.instance)" : "instance \(instance.instance)"
        var lines = ["# Template \(instance.template) (\(instance.position)), \(place)"]
        let width = instance.values.map(\.name.count).max() ?? 0
        for value in instance.values {
            let name = value.name + String(repeating: " ", count: width - value.name.count)
            lines.append("#   \(name) = \(value.text)  (\(value.isDefault ? "default, " : "")\(value.position))")
        }
        return instance.documents.reduce(lines.joined(separator: "\n") + "\n") { text, document in
            "\(text)---\n# \(document.position)\n\(document.content.yaml)"
        }
    }
}

extension TemplateDocument: Encodable {
    private enum Key: String, CodingKey { case template, tenants }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(template, forKey: .template)
        try container.encode(tenants, forKey: .tenants)
    }
}

extension TemplateDocument.Tenant: Encodable {
    private struct Place: Encodable {
        let file: String
        let line: Int
        let column: Int

        init(_ position: SourcePosition) {
            (file, line, column) = (position.file, position.line, position.column)
        }
    }

    private struct Instance: Encodable {
        struct Value: Encodable {
            let name: String
            let value: String
            let source: Place
            let isDefault: Bool
        }

        struct Document: Encodable {
            let source: Place
            let definition: DocumentValue
        }

        let source: Place
        let instance: Place
        let isConfigured: Bool
        let values: [Value]
        let documents: [Document]

        init(_ instance: ExpandedInstance) {
            source = Place(instance.position)
            self.instance = Place(instance.instance)
            isConfigured = instance.isConfigured
            values = instance.values.map {
                Value(name: $0.name, value: $0.text, source: Place($0.position), isDefault: $0.isDefault)
            }
            documents = instance.documents.map { Document(source: Place($0.position), definition: $0.content) }
        }
    }

    private enum Key: String, CodingKey { case tenant, revision, instances }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(revision, forKey: .revision)
        try container.encode(instances.map(Instance.init), forKey: .instances)
    }
}
