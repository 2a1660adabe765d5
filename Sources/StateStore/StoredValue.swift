import FoundationEssentials

/// How values lie in the store: JSON with its keys in order, so that equal values are equal text.
enum StoredValue {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// - Parameter what: Names the record in the message of an error.
    static func value<T: Decodable>(
        _ text: String,
        as type: T.Type = T.self,
        of what: String
    ) throws(StateStoreError) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw StateStoreError.unreadable(what: what, detail: "\(error)")
        }
    }

    /// A text that may be stored.
    ///
    /// It is measured before it is bound to a statement: GRDB ends the process where SQLite refuses a text as too long.
    ///
    /// - Parameter limit: In bytes.
    static func bounded(
        _ text: String,
        to limit: Int = StateStoreLimits.record,
        of what: String
    ) throws(StateStoreError) -> String {
        guard text.utf8.count <= limit else {
            throw .tooLarge(what: what, bytes: text.utf8.count, limit: limit)
        }
        return text
    }
}
