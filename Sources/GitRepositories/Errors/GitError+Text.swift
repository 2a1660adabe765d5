extension GitError: CustomStringConvertible {
    package var id: String {
        switch self {
        case .invalidURL: "git-url"
        case .cannotConnect: "git-connect"
        case .authenticationFailed: "git-authentication"
        case .credentialsMissing: "git-credentials-missing"
        case .keyUnusable: "git-ssh-key"
        case .hostKeyUnknown: "git-host-key-unknown"
        case .hostKeyChanged: "git-host-key-changed"
        case .hostKeyRevoked: "git-host-key-revoked"
        case .knownHostsUnreadable: "git-known-hosts"
        case .certificateUntrusted: "git-certificate"
        case .caFileUnreadable: "git-ca-file"
        case .remoteRefused: "git-remote"
        case .repositoryNotFound: "git-repository-not-found"
        case .branchNotFound, .invalidBranch: "git-branch"
        case .remoteTooLarge: "git-remote-too-large"
        case .timedOut: "git-timeout"
        case .childFailed: "git-child"
        case .cancelled: "git-cancelled"
        case .notARepository: "git-not-a-repository"
        case .notOwned: "git-owner"
        case .notFetched: "git-not-fetched"
        case .noCommits: "git-no-commits"
        case .noWorkTree: "git-no-work-tree"
        case .noSuchCommit: "git-no-such-commit"
        case .storage: "git-storage"
        case .invalidFolder, .missingFolder, .notAFolder: "source-folder"
        case .symbolicLink: "source-symbolic-link"
        case .submodule: "source-submodule"
        case .oddName: "source-odd-name"
        case .limitPassed: "source-limit"
        case .unsigned: "signature-missing"
        case .untrustedSignature: "signature-untrusted"
        case .unsupportedSignature: "signature-unsupported"
        case .signersUnreadable: "signature-signers"
        }
    }

    package var description: String { "\(message) \(remedy)" }
}
