import JSON

extension JSONValue {
    /// An object of those members that there are.
    static func record(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
    }

    static func number(_ number: Int) -> JSONValue { .number(String(number)) }
}
