import FoundationEssentials

/// How values lie in the store: JSON with its keys in order, so that equal values are equal text.
enum StoredValue {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// - Parameter what: Names the record in the message of an error.
    static func value<T: Decodable>(_ text: String, as type: T.Type = T.self, of what: String) throws -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw StateStoreError.unreadable(what: what, detail: "\(error)")
        }
    }
}
