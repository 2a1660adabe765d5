extension String {
    /// The text with everything that a terminal or a log could act on written as `\u{…}`.
    var printable: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A name as git stores it, bytes of any kind, made fit to be shown; `nil` bytes are none.
    init(printing bytes: some Collection<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self = text.printable
        } else {
            self = bytes.map { (32...126).contains($0) ? String(UnicodeScalar($0)) : "\\x\(String($0, radix: 16))" }
                .joined()
        }
    }
}
