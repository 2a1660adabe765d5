/// Which signatures a commit needs before its definitions are read.
package struct SignatureVerification: Hashable, Sendable {
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// The commit at the tip of the branch is signed by an allowed signer.
        case head
        /// The tip, and every commit that came since the one applied last.
        case all
    }

    package var mode: Mode
    /// A file in the format of ssh-keygen(1), "ALLOWED SIGNERS".
    package var allowedSigners: String

    package init(mode: Mode = .head, allowedSigners: String) {
        self.mode = mode
        self.allowedSigners = allowedSigners
    }
}
