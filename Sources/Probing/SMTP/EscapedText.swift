extension Sequence<UInt8> {
    /// Bytes of a stranger as text that nothing can act on: printable ASCII as it is, the rest as `\r`, `\n`, `\t`, `\x00`.
    ///
    /// A text longer than `limit` bytes of input ends in `…`.
    package func escapedText(limit: Int = .max) -> String {
        var result: [UInt8] = []
        var count = 0
        for byte in self {
            guard count < limit else { return String(decoding: result, as: UTF8.self) + "…" }
            count += 1
            switch byte {
            case UInt8(ascii: "\\"): result += [byte, byte]
            case 0x20...0x7e: result.append(byte)
            case 0x0d: result += Array("\\r".utf8)
            case 0x0a: result += Array("\\n".utf8)
            case 0x09: result += Array("\\t".utf8)
            default: result += [UInt8(ascii: "\\"), UInt8(ascii: "x"), Self.digit(byte >> 4), Self.digit(byte & 15)]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
