extension String {
    /// Lower case for A–Z only: what directory names and header names are compared by.
    var asciiLowercased: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    func isSame(ignoringCase other: String) -> Bool {
        utf8.count == other.utf8.count && asciiLowercased.utf8.elementsEqual(other.asciiLowercased.utf8)
    }
}
