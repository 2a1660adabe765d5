import CGit2

/// A commit's signature, and what it signs.
struct CommitSignature: Sendable {
    enum Format: Sendable {
        case ssh
        case openPGP
        case other
    }

    let text: [UInt8]
    /// The commit without its signature.
    let payload: [UInt8]

    /// By the first line, as git tells them apart.
    ///
    /// Source: gpg-interface.c in git.
    var format: Format {
        if text.starts(with: "-----BEGIN SSH SIGNATURE-----".utf8) { return .ssh }
        if text.starts(with: "-----BEGIN PGP ".utf8) { return .openPGP }
        return .other
    }
}

extension Repository {
    /// - Throws: `unsigned` when the commit has no signature.
    func signature(of commit: String) throws(GitError) -> CommitSignature {
        guard try hasCommit(commit), var id = ObjectID(commit)?.raw else { throw .noSuchCommit(id: commit.printable) }
        guard try !hasNUL(id) else {
            throw .unsupportedSignature(
                commit: commit,
                detail: "the commit holds a NUL byte, and what stands behind it would not be signed"
            )
        }
        var signature = git_buf()
        var payload = git_buf()
        defer {
            git_buf_dispose(&signature)
            git_buf_dispose(&payload)
        }
        let code = git_commit_extract_signature(&signature, &payload, raw, &id, nil)
        guard code != GIT_ENOTFOUND.rawValue else { throw .unsigned(commit: commit) }
        guard code == 0 else { throw failure() }
        return CommitSignature(text: signature.bytes, payload: payload.bytes)
    }

    /// libgit2 ends a commit's text at the first NUL; the id covers all of it.
    private func hasNUL(_ id: git_oid) throws(GitError) -> Bool {
        var id = id
        var object: OpaquePointer?
        guard git_odb_read(&object, try database(), &id) == 0, let object else { throw failure() }
        defer { git_odb_object_free(object) }
        return UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)).contains(
            0
        )
    }
}

extension git_buf {
    fileprivate var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: ptr, count: size)) }
}
