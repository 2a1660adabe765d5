extension String {
    /// The text with everything that a terminal or a log could act on written as `\u{…}`.
    var printable: String {
        var result = ""
        for scalar in unicodeScalars { result += scalar.printable }
        return result
    }

    /// The same, cut with an ellipsis to at most 250 bytes: a server's names may have 64 KiB each.
    var shortened: String {
        let (limit, mark) = (250, "…")
        var result = ""
        var beginning = ""
        for scalar in unicodeScalars {
            result += scalar.printable
            guard result.utf8.count <= limit else { return beginning + mark }
            if result.utf8.count + mark.utf8.count <= limit { beginning = result }
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

extension Unicode.Scalar {
    fileprivate var printable: String {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
            "\\u{\(String(value, radix: 16))}"
        default: String(self)
        }
    }
}
