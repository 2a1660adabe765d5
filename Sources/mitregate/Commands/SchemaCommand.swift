import ArgumentParser
import Definitions
import Foundation
import Reports

struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schemas of the definitions.",
        usage: "mitregate schema [<kind>] [--out <folder>]",
        discussion: """
            Without an argument it prints the schema for a document of any kind; a kind's name prints that kind's; --out writes \
            all of them into a folder. An editor with a YAML language server finds them by a first line such as \
            `# yaml-language-server: $schema=schemas/outboundconnector.schema.json`.
            """
    )

    @Argument(help: "A kind, such as OutboundConnector.")
    var kind: String?

    @Option(help: ArgumentHelp("Write every schema into this folder.", valueName: "folder"))
    var out: String?

    func run() async throws {
        try await reporting(.text) {
            let schemas = DefinitionSchemas.all()
            if let out {
                try SchemaFolder.write(to: URL(filePath: out))
                return .success
            }
            let name = "\((kind ?? "definition").lowercased()).schema.json"
            guard let schema = schemas.first(where: { $0.name == name }) else {
                throw CommandFailure(
                    .usage,
                    id: "kind-unknown",
                    "There is no schema of kind \"\(kind ?? "")\".",
                    remedy: "Known kinds: \(DefinitionKind.allCases.map(\.rawValue).joined(separator: ", "))."
                )
            }
            Terminal.print(schema.json)
            return .success
        }
    }
}
