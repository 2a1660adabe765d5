/// Reads one JSON document (RFC 8259), at most 64 levels deep.
struct JSONReader {
    struct Mistake: Error, Hashable {
        /// In bytes from the document's start.
        let offset: Int
        let reason: String
    }

    private let bytes: [UInt8]
    private var index = 0

    static func read(_ text: String) throws(Mistake) -> JSON { try read(Array(text.utf8)) }

    static func read(_ bytes: [UInt8]) throws(Mistake) -> JSON {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.index == bytes.count else { throw reader.mistake("something follows the document") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func mistake(_ reason: String) -> Mistake { Mistake(offset: index, reason: reason) }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func expect(_ word: StaticString, _ value: JSON) throws(Mistake) -> JSON {
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[index...].starts(with: letters) else { throw mistake("\(word) expected") }
        index += letters.count
        return value
    }

    private mutating func value(depth: Int) throws(Mistake) -> JSON {
        guard depth < 64 else { throw mistake("nested too deeply") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try expect("true", .bool(true))
        case UInt8(ascii: "f"): return try expect("false", .bool(false))
        case UInt8(ascii: "n"): return try expect("null", .null)
        case nil: throw mistake("the document ends too early")
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(Mistake) -> JSONObject {
        index += 1
        var members: [JSONObject.Member] = []
        skipSpace()
        if next == UInt8(ascii: "}") {
            index += 1
            return JSONObject()
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw mistake("a member's name expected") }
            let name = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw mistake("a colon expected") }
            index += 1
            members.append(JSONObject.Member(name: name, value: try value(depth: depth + 1)))
            if try ends(with: UInt8(ascii: "}")) { return JSONObject(members) }
        }
    }

    private mutating func array(depth: Int) throws(Mistake) -> [JSON] {
        index += 1
        var values: [JSON] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            index += 1
            return []
        }
        while true {
            values.append(try value(depth: depth + 1))
            if try ends(with: UInt8(ascii: "]")) { return values }
        }
    }

    private mutating func ends(with close: UInt8) throws(Mistake) -> Bool {
        skipSpace()
        guard let byte = next, byte == close || byte == UInt8(ascii: ",") else {
            throw mistake("a comma or the end expected")
        }
        index += 1
        return byte == close
    }

    private mutating func number() throws(Mistake) -> JSON {
        let start = index
        while let byte = next, "+-.eE0123456789".utf8.contains(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard !text.isEmpty, Double(text) != nil else { throw mistake("a value expected") }
        return .number(text)
    }

    private mutating func string() throws(Mistake) -> String {
        index += 1
        var result: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: result, as: UTF8.self) else { throw mistake("invalid UTF-8") }
                return text
            case UInt8(ascii: "\\"): try escape(into: &result)
            case 0..<0x20: throw mistake("a control character in a text")
            default: result.append(byte)
            }
        }
        throw mistake("a text has no end")
    }

    private mutating func escape(into result: inout [UInt8]) throws(Mistake) {
        guard let letter = next else { throw mistake("a text has no end") }
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"): result.append(contentsOf: String(try scalar()).utf8)
        default: throw mistake("an unknown escape")
        }
    }

    private mutating func scalar() throws(Mistake) -> Unicode.Scalar {
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xD800..<0xDC00).contains(high), bytes[index...].starts(with: [0x5C, 0x75]) else {
            throw mistake("half a surrogate pair")
        }
        index += 2
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw mistake("half a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(Mistake) -> UInt32 {
        guard index + 4 <= bytes.count,
            let value = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw mistake("four hexadecimal digits expected") }
        index += 4
        return value
    }
}
