import Connectors
import JSON

/// How settings are written as parameters of the New-, Set- and other cmdlets.
struct ParameterForm {
    typealias Members = [JSONValue.Member]

    let kind: ConnectorKind
    let clearedList: ClearedList

    /// What the New- cmdlet gets; empty values are left out.
    func creation(_ settings: Settings) -> Members { members(settings.filter { !Self.isEmpty($0.value) }) }

    /// The requests that bring about an update, in their order; none where there is nothing to do.
    func update(identity: String, newName: String?, _ settings: Settings) -> [Command] {
        var settings = settings
        var commands: [Command] = []
        var last: Command?
        if kind == .transportRule, case .boolean(let isEnabled)? = settings.removeValue(forKey: "enabled") {
            let toggle = change(isEnabled ? "Enable-TransportRule" : "Disable-TransportRule", identity: identity, [])
            if isEnabled { last = toggle } else { commands.append(toggle) }
        }
        var parameters = members(settings)
        if let newName { parameters.append(JSONValue.Member(key: "Name", value: .string(newName))) }
        if !parameters.isEmpty { commands.append(change("Set-\(kind.rawValue)", identity: identity, parameters)) }
        return commands + (last.map { [$0] } ?? [])
    }

    /// A request to one object, without the question that a person would be asked.
    func change(_ cmdlet: String, identity: String, _ parameters: Members) -> Command {
        let identity = JSONValue.Member(key: "Identity", value: .string(identity))
        let confirm = JSONValue.Member(key: "Confirm", value: false)
        return Command(cmdlet: cmdlet, parameters: [identity] + parameters + [confirm], effect: .write)
    }

    /// In the order of the field table, so that two runs send the same bytes.
    private func members(_ settings: Settings) -> Members {
        kind.fields.compactMap { field in
            settings[field.name].map { JSONValue.Member(key: field.parameter, value: json($0, field)) }
        }
    }

    private func json(_ value: FieldValue, _ field: Field) -> JSONValue {
        switch (field.type, value) {
        case (.set, let value) where value.strings.isEmpty: emptyList
        case (.set, let value): .array(value.strings.map(JSONValue.string))
        case (_, .none): .null
        case (.choice, .text("")): .null
        case (_, .boolean(let flag)): .boolean(flag)
        case (_, .integer(let number)): .number("\(number)")
        case (_, .text(let text)): .string(text)
        case (_, .list(let strings)): .array(strings.map(JSONValue.string))
        }
    }

    private var emptyList: JSONValue {
        switch clearedList {
        case .array: []
        case .taggedTable: ["@odata.type": "#Exchange.GenericHashTable"]
        }
    }

    private static func isEmpty(_ value: FieldValue) -> Bool {
        switch value {
        case .none: true
        case .text(let text): text.isEmpty
        case .list(let strings): strings.isEmpty
        case .boolean, .integer: false
        }
    }
}
