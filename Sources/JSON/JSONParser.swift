/// Reads JSON (RFC 8259) strictly and within bounds: depth, values, members of one object; no key twice with two values,
/// valid UTF-8, nothing after it.
package struct JSONParser {
    /// Why a text is not JSON, and where.
    package struct Problem: Error, Hashable {
        package let message: String
        package let offset: Int
    }

    /// Rows are three deep; PowerShell's own serialiser goes to 100 at most.
    package static let maximumDepth = 64
    /// In one text, whatever they are.
    ///
    /// A value takes some 40 bytes of memory, and can be two bytes of text. A thousand connectors are 60,000 values.
    package static let maximumValues = 400_000
    /// Of one object; the widest row, that of Get-OrganizationConfig, has some 340.
    package static let maximumMembers = 4_096

    private let bytes: [UInt8]
    private var position = 0
    private var values = 0

    package static func parse(_ bytes: [UInt8]) throws(Problem) -> JSONValue { try counted(bytes).value }

    /// The value, and how many values it holds, itself included.
    package static func counted(_ bytes: [UInt8]) throws(Problem) -> (value: JSONValue, count: Int) {
        var parser = JSONParser(bytes: bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.position = 3 }
        let value = try parser.value(depth: 0)
        parser.skipSpaces()
        guard parser.position == bytes.count else { throw parser.problem("something follows the value") }
        return (value, parser.values)
    }

    package static func parse(_ text: String) throws(Problem) -> JSONValue { try parse(Array(text.utf8)) }

    /// Whether bytes are JSON that is taken here.
    package static func isReadable(_ bytes: [UInt8]) -> Bool { (try? parse(bytes)) != nil }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func problem(_ message: String) -> Problem { Problem(message: message, offset: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpaces() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Problem) -> JSONValue {
        guard depth <= Self.maximumDepth else { throw problem("it is nested too deeply") }
        values += 1
        guard values <= Self.maximumValues else { throw problem("it holds more than \(Self.maximumValues) values") }
        skipSpaces()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some: return .number(try number())
        case .none: throw problem("it ends too early")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Problem) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard
            bytes.count - position >= count,
            word.withUTF8Buffer({ $0.elementsEqual(bytes[position..<(position + count)]) })
        else { throw problem("it holds an unknown word") }
        position += count
        return value
    }

    private mutating func object(depth: Int) throws(Problem) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        var places: [String: Int] = [:]
        skipSpaces()
        if take(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            skipSpaces()
            guard members.count < Self.maximumMembers else {
                throw problem("an object has more than \(Self.maximumMembers) members")
            }
            guard next == UInt8(ascii: "\"") else { throw problem("a key is missing") }
            let key = try string()
            skipSpaces()
            guard take(UInt8(ascii: ":")) else { throw problem("a colon is missing") }
            let member = JSONValue.Member(key: key, value: try value(depth: depth + 1))
            if let place = places.updateValue(members.count, forKey: key) {
                guard members[place] == member else { throw problem("a key occurs twice, with two values") }
                places[key] = place
            } else {
                members.append(member)
            }
            skipSpaces()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw problem("an object is not closed") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(Problem) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpaces()
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpaces()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw problem("an array is not closed") }
        return .array(elements)
    }

    private mutating func number() throws(Problem) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(Problem) {
        let start = position
        while let byte = next, byte >= 48, byte <= 57 { position += 1 }
        guard position > start else { throw problem("it is not JSON") }
    }

    private mutating func string() throws(Problem) -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if take(UInt8(ascii: "\"")) { return try text(bytes[start..<(position - 1)]) }
        var unescaped = Array(bytes[start..<position])
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(unescaped[...])
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            case ..<0x20: throw problem("a string holds a control character")
            default: unescaped.append(byte)
            }
        }
        throw problem("a string is not closed")
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(Problem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw problem("it is not valid UTF-8") }
        return text
    }

    private mutating func escape(into result: inout [UInt8]) throws(Problem) {
        guard let mark = next else { throw problem("a string is not closed") }
        position += 1
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(mark)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"): result.append(contentsOf: Array(String(try scalar()).utf8))
        default: throw problem("a string holds an unknown escape")
        }
    }

    /// One `\uXXXX`, or two of them that are one scalar.
    private mutating func scalar() throws(Problem) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw problem("a string holds half a character")
        }
        let second = try hexadecimal()
        guard
            second >= 0xDC00, second < 0xE000,
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw problem("a string holds half a character") }
        return scalar
    }

    private mutating func hexadecimal() throws(Problem) -> UInt32 {
        guard bytes.count - position >= 4 else { throw problem("a string is not closed") }
        var value: UInt32 = 0
        for byte in bytes[position..<(position + 4)] {
            let digit: UInt8
            switch byte {
            case 48...57: digit = byte - 48
            case 65...70: digit = byte - 55
            case 97...102: digit = byte - 87
            default: throw problem("a string holds an unknown escape")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}
