import Connectors
import Definitions
import Foundation
import Testing

/// The two connectors of one partner.
let fabrikam = ConnectorKey(kind: .outboundConnector, name: "fabrikam")
let fabrikamInbound = ConnectorKey(kind: .inboundConnector, name: "fabrikam")

/// What the one file says after the wishes, and what they could not have.
func edited(
    _ text: String,
    _ wishes: [DefinitionWish],
    others: [String: String] = [:]
) -> (text: String?, unmet: [String]) {
    var files = [DefinitionFile(path: "a.yaml", bytes: Array(text.utf8))]
    files += others.map { DefinitionFile(path: $0.key, bytes: Array($0.value.utf8)) }
    var editor = DefinitionEditor(files, now: now)
    let unmet = editor.fulfil(wishes)
    #expect(!editor.definitions.hasErrors || editor.problem != nil)
    let edited = editor.editedFiles.first { $0.path == "a.yaml" }
    let shown = unmet.map { "\($0.key.kind.rawValue).\($0.field ?? "*"): \($0.reason)" }
    guard let edited else { return (text, shown) }
    return (edited.bytes.map { String(decoding: $0, as: UTF8.self) }, shown)
}

/// The wish that fields of the outbound connector say this.
func fields(_ values: [String: FieldValue]) -> DefinitionWish { fields(fabrikam, values) }

func fields(_ key: ConnectorKey, _ values: [String: FieldValue]) -> DefinitionWish {
    DefinitionWish(key, .fields(values))
}
