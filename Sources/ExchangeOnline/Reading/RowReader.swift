import Connectors
import FoundationEssentials
import JSON

/// Reads one row of a `Get-` cmdlet by exact keys; unknown keys, and all with `@` in them, are passed over.
///
/// What has another type than a field can have makes the whole read unknown: to skip it would say "not set".
struct RowReader {
    let cmdlet: String
    let row: JSONValue

    init(_ row: JSONValue, of cmdlet: String) throws(ExchangeError) {
        self.row = row
        self.cmdlet = cmdlet
        guard case .object = row else { throw problem("one of its rows is not an object") }
    }

    /// The member, or that of its other spelling; nothing when both are absent or null.
    ///
    /// Source: the service writes `UseMXRecord` and `RequireTls`, its documentation also the others.
    func member(_ key: String) throws(ExchangeError) -> JSONValue? {
        let value = row[key].flatMap { $0.isNull ? nil : $0 }
        let other = Self.otherSpellings[key].flatMap { row[$0] }.flatMap { $0.isNull ? nil : $0 }
        if let value, let other, value != other { throw problem("\(key) occurs in two spellings that differ") }
        return value ?? other
    }

    private static let otherSpellings = ["UseMXRecord": "UseMxRecord", "RequireTls": "RequireTLS"]

    func has(_ key: String) -> Bool {
        row[key] != nil || Self.otherSpellings[key].map { row[$0] != nil } == true
    }

    func text(_ key: String) throws(ExchangeError) -> String? {
        switch try member(key) {
        case nil: return nil
        case .string(let text)?: return text
        case .array(let elements)? where elements.count == 1 && elements[0].text != nil: return elements[0].text
        case .some(let other): throw wrong(key, other, "text")
        }
    }

    func flag(_ key: String) throws(ExchangeError) -> Bool? {
        guard let value = try member(key), value != .string("") else { return nil }
        guard let flag = value.flag else { throw wrong(key, value, "true or false") }
        return flag
    }

    func integer(_ key: String) throws(ExchangeError) -> Int? {
        guard let value = try member(key), value != .string("") else { return nil }
        guard let number = value.integer else { throw wrong(key, value, "a whole number") }
        return number
    }

    /// A list, one of its strings alone, or all of them joined by commas, in braces or without.
    func list(_ key: String) throws(ExchangeError) -> [String] {
        switch try member(key) {
        case nil: return []
        case .string(let text)?:
            var joined = text.trimmingSpaces()
            if joined.hasPrefix("{"), joined.hasSuffix("}") { joined = String(joined.dropFirst().dropLast()) }
            return joined.split(separator: ",").map { String($0).trimmingSpaces() }.filter { !$0.isEmpty }
        case .array(let elements)?:
            var strings: [String] = []
            for element in elements {
                guard let text = element.text else { throw wrong(key, element, "a list of texts") }
                strings.append(text)
            }
            return strings
        case .some(let other): throw wrong(key, other, "a list of texts")
        }
    }

    /// A moment; one that cannot be read is not a moment, as nothing is decided by it.
    func moment(_ key: String) -> Date? {
        guard let text = row[key]?.text else { return nil }
        if let mark = text.range(of: "/Date(") {  // PowerShell 5 exports: milliseconds since 1970
            let digits = text[mark.upperBound...].prefix { $0.isASCII && ($0.isNumber || $0 == "-") }
            return Double(digits).flatMap { Timestamp.instant(secondsSince1970: $0 / 1_000) }
        }
        return Timestamp.instant(text)
    }

    func problem(_ what: String) -> ExchangeError {
        let name = row["Name"]?.text.map { " (row \"\(Redaction.text($0))\")" } ?? ""
        return ExchangeError(
            .rowMalformed,
            "The answer to \(cmdlet) cannot be understood\(name): \(what).",
            remedy: "Nothing is planned while the tenant's state is unknown. Please report this, with the row.",
            cmdlet: cmdlet
        )
    }

    private func wrong(_ key: String, _ value: JSONValue, _ wanted: String) -> ExchangeError {
        let found =
            switch value {
            case .null: "nothing"
            case .boolean: "true or false"
            case .number: "a number"
            case .string: "a text"
            case .array: "a list"
            case .object: "an object"
            }
        return problem("its member \(key) holds \(found) where \(wanted) is expected")
    }
}
