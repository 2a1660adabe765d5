extension GitError {
    /// What to do about it, in a sentence.
    package var remedy: String {
        switch self {
        case .invalidURL:
            "Use a path, file://, https:// or ssh:// (or user@host:path); credentials go into `credentials`."
        case .cannotConnect: "Check the host's name, the port, the firewall and the proxy variables."
        case .authenticationFailed:
            "Check that the user, token or key is right, not expired, and may read the repository; for requests of our own also push to it."
        case .credentialsMissing: "Give the source credentials, by reference to a file or an environment variable."
        case .keyUnusable:
            "Use an ed25519 or ECDSA private key in a file that Mitregate's user can read, with its passphrase."
        case .hostKeyUnknown(_, _, let line, let file):
            "Compare the fingerprint with the one that the server's operator publishes, then add this line to \(file): \(line)"
        case .hostKeyChanged(_, _, _, let line, let file):
            """
            Ask the server's operator before anything else. If the new key is theirs, remove the old lines of that host \
            from \(file) and add: \(line)
            """
        case .hostKeyRevoked: "Ask the server's operator for the host's valid key; do not go on with this one."
        case .knownHostsUnreadable: "Give `knownHosts` the path of a file in OpenSSH's format that can be read."
        case .certificateUntrusted:
            "If the server's CA is a private one, give its certificate as `caFile`; check the clock too."
        case .caFileUnreadable: "Give `caFile` the path of a PEM file with the roots to trust."
        case .remoteRefused:
            "See the server's log; `git ls-remote` with the same URL shows whether git itself gets through."
        case .repositoryNotFound: "Correct the URL, or let the credentials read the repository."
        case .branchNotFound, .invalidBranch: "Correct `branch` of the source."
        case .remoteTooLarge:
            """
            Keep definitions in a repository of their own, without large files; or clone this one with git, and give the \
            clone's path as the source's `url`.
            """
        case .invalidReference: "Rename the request's branch; see git-check-ref-format(1)."
        case .requestsTooLarge: "Close requests that are not needed; keep large files out of this repository."
        case .mergeFailed: "Rebase the request's branch onto the branch that it is for, and keep large files out of it."
        case .branchMoved:
            "Merge or close the request of this branch, and delete the branch; then it is made again where it is needed."
        case .pushRefused:
            "Let the credentials push branches that begin with mitregate/, and let the server's hooks take them."
        case .timedOut: "Check the network and the server; a fetch is tried again at the next interval."
        case .childFailed: "Try again; if it stays so, run `mitregate doctor`."
        case .cancelled: "Run again."
        default: localRemedy
        }
    }

    private var localRemedy: String {
        switch self {
        case .notARepository: "Correct the path, or make the repository with `git init`."
        case .notOwned(let path):
            "Give it to Mitregate's user, or run: git config --global --add safe.directory \(path)"
        case .unsafeFolder:
            "Use a folder that belongs to Mitregate's user and that no other user may write to; `mirrors` names one."
        case .notFetched: "Fetch the source first."
        case .noCommits: "Commit the definitions."
        case .referenceNotFound: "Name one of these, a tag, or the id of a commit that was fetched."
        case .shallowClone: "Fetch the whole history: git fetch --unshallow, or fetch-depth: 0 for actions/checkout."
        case .objectFormat: "Use a repository of git's default format: git init --object-format=sha1."
        case .noWorkTree: "Give the path of a repository with a working tree, or leave out --working-tree."
        case .noSuchCommit: "Fetch again; the commit may have been removed from the branch."
        case .storage(let path, _):
            "Check the disk and the rights of \(path); a damaged mirror can be deleted, it is fetched again."
        case .invalidFolder, .missingFolder, .notAFolder: "Correct `path` of the tenant, or commit the folder."
        case .symbolicLink:
            "Put the file itself there: links are not followed, as they could lead out of the reviewed folder."
        case .submodule: "Put the definitions themselves there; another repository is not part of the reviewed commit."
        case .oddName: "Rename it; use letters, digits, dots, hyphens and underscores."
        case .limitPassed: "Split the folder, or move what is not a definition out of it."
        case .invalidIdentity: "Give `identity` of the source's forge a name and an email without < and >."
        case .signingFailed:
            "Give `signingKey` an OpenSSH private key without a passphrase, and install ssh-keygen (openssh-client)."
        case .notAFile: "Change it by hand in the repository."
        case .unsigned: "Sign the commit (`git commit -S`), or turn `verify` off for the source."
        case .untrustedSignature:
            "Have it signed by one of the allowed signers, or add the signer to the file after a review."
        case .unsupportedSignature: "Sign with an SSH key (`gpg.format ssh`), or install what the message names."
        case .datedAhead: "Set the clock of this machine, or of the one that made the commit, and commit again."
        case .signersUnreadable: "Give `allowedSigners` a file in the format of ssh-keygen(1), ALLOWED SIGNERS."
        default: "Try again."
        }
    }
}
