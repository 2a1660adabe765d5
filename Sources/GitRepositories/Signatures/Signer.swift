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
