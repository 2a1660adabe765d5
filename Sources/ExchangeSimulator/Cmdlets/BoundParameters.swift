/// A cmdlet's parameters after PowerShell's binding: names are known, values have the right types.
struct BoundParameters {
    /// What a list parameter asks for.
    ///
    /// Section 2.3.
    enum ListChange: Hashable {
        case replace([String])
        /// The tagged table: with neither member it clears the list.
        case change(add: [String], remove: [String])
    }

    enum Value: Hashable {
        case plain(JSON)
        case list(ListChange)
    }

    private(set) var values: [(property: Property, value: Value)] = []
    /// Parameters that are not properties of the object, under their proper names.
    private(set) var others: [String: JSON] = [:]

    var identity: String? { others["Identity"]?.string }
    var newName: String? { others["Name"]?.string }
    var isWhatIf: Bool { others["WhatIf"]?.bool ?? false }

    func has(_ name: String) -> Bool { values.contains { $0.property.name == name } }

    subscript(name: String) -> Value? { values.first { $0.property.name == name }?.value }

    /// Every cmdlet takes these.
    private static let common = ["Confirm", "WhatIf", "ErrorAction", "WarningAction", "Verbose", "Debug"]

    /// - Parameters:
    ///   - others: Names of parameters that are not properties, in their proper case.
    ///   - ignored: Parameters that are dropped after binding.
    init(
        _ parameters: JSONObject,
        properties: [Property],
        others names: [String],
        ignored: [String] = []
    ) throws(CmdletError) {
        var unknown: [String] = []
        let others = names + Self.common
        for member in parameters.members where !member.name.contains("@") {
            if let property = properties.first(where: { $0.name.isSame(ignoringCase: member.name) }) {
                let value = try property.bind(member.value)
                if !ignored.contains(where: { $0.isSame(ignoringCase: property.name) }) {
                    values.append((property, value))
                }
            } else if let name = others.first(where: { $0.isSame(ignoringCase: member.name) }) {
                self.others[name] = member.value
            } else {
                unknown.append(member.name)
            }
        }
        guard unknown.isEmpty else {
            throw .unknownParameters(parameters.members.map(\.name).filter { !unknown.contains($0) } + unknown)
        }
        for name in ["Confirm", "WhatIf"] {
            guard let value = self.others[name], value.bool == nil else { continue }
            throw .transformation(
                name,
                value: value.text,
                type: "System.Management.Automation.SwitchParameter",
                "A switch is true or false."
            )
        }
    }

    /// Puts the values into an object.
    func apply(to object: inout DirectoryObject, ignoresEmptyLists: Bool) {
        for (property, value) in values {
            switch value {
            case .plain(let value): object.properties[property.name] = value
            case .list(.replace(let items)):
                if items.isEmpty && ignoresEmptyLists { continue }
                object.properties[property.name] = .strings(property.stored(items))
            case .list(.change(let add, let remove)):
                if add.isEmpty && remove.isEmpty {
                    object.properties[property.name] = .array([])
                    continue
                }
                let removed = property.stored(remove)
                let kept = object.list(property.name).filter { item in
                    !removed.contains { $0.isSame(ignoringCase: item) }
                }
                object.properties[property.name] = .strings(property.stored(kept + add))
            }
        }
    }
}
