extension Plan {
    /// Whether a person who gave this digest, whole or its first hex digits, meant this plan.
    ///
    /// - Parameter digest: Of the plan or of its changes, with or without `sha256:`; at least 12 digits.
    package func isMeant(by digest: String) -> Bool {
        let digits = Self.digits(digest)
        guard digits.utf8.count >= 12 else { return false }
        return [planDigest, changesDigest].contains { Self.digits($0).hasPrefix(digits) }
    }

    private static func digits(_ digest: String) -> String {
        digest.hasPrefix("sha256:") ? String(digest.dropFirst(7)) : digest
    }
}
