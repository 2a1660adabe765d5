import Connectors
import Crypto

/// Values as bytes in one unambiguous form: a mark for each shape, and the length before each content.
struct CanonicalWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 1_024) { bytes.reserveCapacity(capacity) }

    mutating func write(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func write(_ texts: [String]) {
        write(texts.count)
        for text in texts { write(text) }
    }

    /// No value and "explicitly nothing" are one here, as JSON cannot tell them apart.
    mutating func write(_ value: FieldValue?) {
        switch value {
        case nil, FieldValue.none?: bytes.append(0)
        case .boolean(let flag)?: bytes.append(flag ? 2 : 1)
        case .integer(let number)?:
            bytes.append(3)
            write(number)
        case .text(let text)?:
            bytes.append(4)
            write(text)
        case .list(let texts)?:
            bytes.append(5)
            write(texts)
        }
    }

    mutating func write(_ settings: Settings) {
        write(settings.count)
        for name in settings.keys {
            write(name)
            write(settings[name])
        }
    }

    /// The known fields in the order of their table, which needs no sorting.
    mutating func write(_ settings: Settings, of kind: ConnectorKind) {
        let table = FieldTable.of(kind)
        var values = [FieldValue?](repeating: nil, count: table.names.count)
        for (name, value) in settings {
            if let number = table.number(of: name) { values[number] = value }
        }
        for value in values {
            write(value != nil)
            write(value)
        }
    }

    mutating func write(optional text: String?) {
        write(text != nil)
        write(text ?? "")
    }

    mutating func write<Element>(_ list: [Element], _ each: (inout Self, Element) -> Void) {
        write(list.count)
        for element in list { each(&self, element) }
    }

    /// `sha256:` and 64 hex digits.
    var digest: String {
        let digits = Array("0123456789abcdef".utf8)
        var text = Array("sha256:".utf8)
        text.reserveCapacity(71)
        for byte in SHA256.hash(data: bytes) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
