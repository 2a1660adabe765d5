extension String {
    /// The string without white space at its ends. (Foundation's version would be this module's only use of it.)
    package func trimmingSpaces() -> String {
        let isBare = utf8.withContiguousStorageIfAvailable { bytes in
            bytes.first.map(Self.isSolid) ?? false && bytes.last.map(Self.isSolid) ?? false
        }
        return isBare == true ? self : String(self[...].trimmingSpaces())
    }

    private static func isSolid(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    /// ASCII letters in lower case, all other bytes as they are: the comparison of the DNS (RFC 4343).
    package var asciiLowercased: String {
        let isLower = utf8.withContiguousStorageIfAvailable { !$0.contains { $0 >= 65 && $0 <= 90 } }
        if isLower == true { return self }
        return String(decoding: utf8.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }, as: UTF8.self)
    }
}

extension Substring {
    /// The part without white space at its ends; nothing is copied.
    func trimmingSpaces() -> Substring {
        let tail = drop(while: \.isWhitespace)
        guard let last = tail.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return tail[...last]
    }
}
