import CGit2

/// libgit2 itself: started once, and asked what went wrong.
enum Library {
    /// Starts libgit2 at its first use.
    static let start: Void = {
        git_libgit2_init()
        // A fetched commit outlives a power cut, as the applied state that names it does.
        _ = cgit2_set_fsync(1)
        cgit2_map_at_most(32 << 20)
        cgit2_keep_trees(1 << 20, 4 << 20)
    }()

    /// Whether a repository was refused because another user owns it.
    ///
    /// Where no `safe.directory` is configured at all, libgit2 1.5.1 says that *that* was not found.
    static func saysNotOwned(_ code: Int32, _ kind: git_error_t) -> Bool {
        code == GIT_EOWNER.rawValue || kind == GIT_ERROR_CONFIG && lastError().text.contains("'safe.directory'")
    }

    /// Whether a repository keeps its objects in a way that libgit2 1.5 does not know.
    static func saysObjectFormat(_ text: String) -> Bool {
        let words = text.lowercased()
        return words.contains("objectformat") || words.contains("object format")
    }

    /// The text with what stands between `://` and `@` struck out: a proxy's address may hold a password.
    ///
    /// Up to the last `@` before a space, as a password may hold `/`, `#`, `?` or a quote that should have been escaped.
    static func withoutUsers(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let scheme = rest.firstRange(of: "://") {
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            guard let at = rest.prefix(while: { !$0.isWhitespace }).lastIndex(of: "@") else { continue }
            result += "…"
            rest = rest[at...]
        }
        return result + rest
    }

    /// The library's words for its last error on this thread; only right after the failing call.
    static func lastError() -> (text: String, kind: git_error_t) {
        guard let error = git_error_last() else { return ("no reason given", GIT_ERROR_NONE) }
        let text = withoutUsers(String(cString: error.pointee.message).printable)
        return (text.hasSuffix(".") ? String(text.dropLast()) : text, git_error_t(UInt32(error.pointee.klass)))
    }
}
