import CGit2

/// The id of an object in git, as text where it leaves this module.
struct ObjectID {
    let raw: git_oid

    init(_ raw: git_oid) { self.raw = raw }

    /// 40 hex digits; `nil` for anything else, abbreviations too.
    init?(_ text: String) {
        guard text.utf8.count == 40 else { return nil }
        var raw = git_oid()
        guard git_oid_fromstr(&raw, text) == 0 else { return nil }
        self.raw = raw
    }

    var text: String {
        var raw = raw
        var buffer = [CChar](repeating: 0, count: 41)
        git_oid_tostr(&buffer, buffer.count, &raw)
        return buffer.withUnsafeBufferPointer {
            String(decoding: $0.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
