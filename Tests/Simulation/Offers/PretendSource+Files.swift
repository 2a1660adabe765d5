import Connectors
import Definitions
import Foundation

/// Folders as the files that people and offers edit: one document a connector.
extension PretendSource.Folder {
    var files: [DefinitionFile] {
        desired.map { DefinitionFile(path: Self.path($0.key), bytes: Array(Self.text($0).utf8)) }
    }

    /// What files say; places are left out, as they are no part of what is compared.
    init(files: [DefinitionFile], now: Date) {
        let read = DefinitionReader.read(files.sorted { $0.path < $1.path }, now: now).desired
        self.init(
            read.connectors.map { connector in
                DesiredConnector(
                    key: connector.key,
                    displayName: connector.displayName,
                    settings: connector.settings,
                    annotations: connector.annotations,
                    source: SourcePosition(file: "\(connector.key.name).yaml", line: 1, column: 1)
                )
            }
        )
    }

    private static func path(_ key: ConnectorKey) -> String { "\(key.kind.rawValue)-\(key.name).yaml" }

    private static func text(_ connector: DesiredConnector) -> String {
        var lines = [
            "apiVersion: mitregate.dev/v1", "kind: \(connector.kind.rawValue)", "metadata:",
            "  name: \"\(connector.key.name)\"",
        ]
        if !connector.annotations.isEmpty { lines.append("  annotations:") }
        for (name, value) in connector.annotations.sorted(by: { $0.key < $1.key }) {
            lines.append("    \(name): \"\(value)\"")
        }
        lines += ["spec:", "  name: \"\(connector.displayName)\""]
        for (name, value) in connector.settings.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(name): \(text(value))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(_ value: FieldValue) -> String {
        switch value {
        case .none: "null"
        case .boolean(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .text(let text): "\"\(text)\""
        case .list(let texts): "[\(texts.map { "\"\($0)\"" }.joined(separator: ", "))]"
        }
    }
}
