/// A JSON value that keeps the order of members and the digits of numbers.
enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// As written, so that no digit is lost.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    static func number(_ value: Int) -> JSON { .number(String(value)) }
    static func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }
    static func object(_ members: KeyValuePairs<String, JSON>) -> JSON { .object(JSONObject(members)) }

    var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    var array: [JSON]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The texts of an array, or the one text that stands for an array of one.
    var strings: [String]? {
        switch self {
        case .string(let value): [value]
        case .array(let values): values.compactMap(\.string).count == values.count ? values.compactMap(\.string) : nil
        default: nil
        }
    }
}

/// Members in their order; a name that comes twice counts with its last value, as JSON readers do.
struct JSONObject: Hashable, Sendable {
    struct Member: Hashable, Sendable {
        var name: String
        var value: JSON
    }

    var members: [Member]

    init(_ members: [Member] = []) { self.members = members }

    init(_ members: KeyValuePairs<String, JSON>) {
        self.members = members.map { Member(name: $0.key, value: $0.value) }
    }

    subscript(name: String) -> JSON? {
        get { members.last { $0.name == name }?.value }
        set {
            if let index = members.lastIndex(where: { $0.name == name }) {
                if let newValue { members[index].value = newValue } else { members.remove(at: index) }
            } else if let newValue {
                members.append(Member(name: name, value: newValue))
            }
        }
    }

    /// PowerShell's parameter names don't mind letter case.
    func value(ignoringCase name: String) -> JSON? {
        members.last { $0.name.isSame(ignoringCase: name) }?.value
    }
}
