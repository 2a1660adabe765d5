import ArgumentParser
import Definitions
import Foundation
import Reports

struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schemas of the definitions, or of what commands print with -o json.",
        usage: "mitregate schema [<kind>] [--outputs] [--out <folder>]",
        discussion: """
            Without an argument it prints the schema for a document of any kind; a kind's name prints that kind's; --out writes \
            all of them into a folder. An editor with a YAML language server finds them by a first line such as \
            `# yaml-language-server: $schema=schemas/outboundconnector.schema.json`.

            With --outputs it prints the schemas of what commands print with -o json. KIND is then the document's `kind`, such \
            as Plan; without it, all schemas are printed as one document.
            """
    )

    @Argument(help: "A kind, such as OutboundConnector.", completion: .custom(Suggestions.kinds))
    var kind: String?

    @Flag(help: "The schemas of the commands' JSON, not those of definitions.")
    var outputs = false

    @Option(help: ArgumentHelp("Write every schema into this folder.", valueName: "folder"), completion: .directory)
    var out: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Always json.", valueName: "format"))
    var output: Format = .json

    enum Format: String, ExpressibleByArgument, CaseIterable { case json }

    @OptionGroup var terminal: TerminalOptions

    func run() async throws {
        try await reporting(.text) {
            if let out {
                let folder = URL(filePath: out)
                try outputs ? SchemaFolder.writeOutputs(to: folder) : SchemaFolder.write(to: folder)
                return .success
            }
            if outputs, kind == nil {
                Terminal.print(OutputSchemas.json)
                return .success
            }
            let schemas = outputs ? OutputSchemas.all() : DefinitionSchemas.all()
            let wanted = kind ?? "definition"
            let name = outputs ? OutputSchemas.fileName(wanted) : "\(wanted.lowercased()).schema.json"
            guard let schema = schemas.first(where: { $0.name == name }) else {
                let known = outputs ? OutputSchemas.kinds : DefinitionKind.allCases.map(\.rawValue)
                throw CommandFailure(
                    .usage,
                    id: "kind-unknown",
                    "Unknown kind \"\(wanted)\".",
                    remedy: "Known kinds: \(known.joined(separator: ", "))."
                )
            }
            Terminal.print(schema.json)
            return .success
        }
    }
}
