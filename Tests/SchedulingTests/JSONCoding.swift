import FoundationEssentials

enum JSONCoding {
    /// What is left of a value that was stored and read again.
    static func copy<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }
}
