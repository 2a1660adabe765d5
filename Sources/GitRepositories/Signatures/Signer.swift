/// Who signed a commit, by a key that the operator's file names.
package struct Signer: Hashable, Codable, Sendable {
    /// The principal of the allowed signers file, or the OpenPGP user id; text to be escaped before it is shown.
    package let name: String
    /// `SHA256:…` for SSH, 40 hex digits for OpenPGP.
    package let key: String

    package init(name: String, key: String) {
        self.name = name
        self.key = key
    }
}

extension GitStorage {
    /// Checks that a commit is signed by one of the allowed signers.
    ///
    /// The file says which kind it is: OpenSSH's allowed signers (`ssh-keygen` must be installed), or armoured OpenPGP
    /// public keys (`gpgv` must be). A key's validity is taken at the committer's date, as git does.
    ///
    /// - Parameter allowedSigners: The path of the file.
    /// - Throws: `unsigned`, `untrustedSignature`, `unsupportedSignature` or `signersUnreadable`.
    package func verify(commit: String, allowedSigners: String) async throws(GitError) -> Signer {
        let (signature, date) = try await reading { repository throws(GitError) in
            (try repository.signature(of: commit), try repository.commit(commit).committer.date)
        }
        return try await SignatureCheck(
            commit: commit,
            signature: signature,
            signedAt: date,
            signersPath: allowedSigners
        ).run()
    }
}
