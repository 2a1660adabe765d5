package import FoundationEssentials

extension GitStorage {
    /// Checks that a commit is signed by one of the allowed signers.
    ///
    /// The file says which kind it is: OpenSSH's allowed signers (`ssh-keygen` must be installed), or armoured OpenPGP
    /// public keys (`gpgv` must be). A key's validity is taken at the committer's date, as git does; the date is the
    /// committer's own word, so one that is more than an hour ahead of the clock is refused.
    ///
    /// - Parameters:
    ///   - allowedSigners: The path of the file.
    ///   - now: This machine's time.
    /// - Throws: `unsigned`, `untrustedSignature`, `unsupportedSignature`, `datedAhead` or `signersUnreadable`.
    package func verify(
        commit: String,
        allowedSigners: String,
        now: Date
    ) async throws(GitError) -> Signer {
        let (signature, date) = try await reading { repository throws(GitError) in
            (try repository.signature(of: commit), try repository.commit(commit).committer.date)
        }
        guard date.timeIntervalSince(now) <= 3_600 else {
            throw .datedAhead(commit: commit, date: date.formatted(.iso8601))
        }
        return try await SignatureCheck(
            commit: commit,
            signature: signature,
            signedAt: date,
            signersPath: allowedSigners
        ).run()
    }
}
