extension String {
    /// The string, cut where it has more than so many Unicode scalars, and then it ends in `…`.
    ///
    /// One character may be any number of scalars, so counting characters bounds nothing.
    package func bounded(_ limit: Int) -> String {
        guard utf8.count > limit, unicodeScalars.count > limit else { return self }
        var result = ""
        result.unicodeScalars.append(contentsOf: unicodeScalars.prefix(max(0, limit - 1)))
        return result + "…"
    }
}
