extension GitError {
    /// What is wrong, in a sentence.
    package var message: String {
        switch self {
        case .invalidURL, .cannotConnect, .authenticationFailed, .credentialsMissing, .keyUnusable, .hostKeyUnknown,
            .hostKeyChanged, .hostKeyRevoked, .knownHostsUnreadable, .certificateUntrusted, .caFileUnreadable,
            .remoteRefused, .repositoryNotFound, .branchNotFound, .invalidBranch, .remoteTooLarge, .timedOut,
            .childFailed, .cancelled, .invalidReference, .requestsTooLarge, .mergeFailed, .branchMoved, .pushRefused:
            remoteMessage
        default: localMessage
        }
    }

    private var remoteMessage: String {
        switch self {
        case .invalidURL(let url, let reason): "The URL \(url) cannot be used: \(reason)."
        case .cannotConnect(let host, let detail): "\(host) cannot be reached: \(detail)."
        case .authenticationFailed(let url, let detail): "\(url) did not accept the credentials: \(detail)."
        case .credentialsMissing(let url, let wanted): "\(url) asks for \(wanted), and none is configured."
        case .keyUnusable(let path, let detail): "The ssh key \(path) cannot be used: \(detail)."
        case .hostKeyUnknown(let host, let fingerprint, _, let file):
            "The host key of \(host) (\(fingerprint)) is not in \(file)."
        case .hostKeyChanged(let host, let fingerprint, let known, _, let file):
            """
            THE HOST KEY OF \(host) IS NOT THE KNOWN ONE. It showed \(fingerprint); \(file) has \
            \(known.joined(separator: ", ")). Someone may be listening in, or the server has a new key.
            """
        case .hostKeyRevoked(let host, let fingerprint, let file):
            "The host key of \(host) (\(fingerprint)) is marked as revoked in \(file)."
        case .knownHostsUnreadable(let path, let detail): "The file of known hosts \(path) cannot be read: \(detail)."
        case .certificateUntrusted(let host, let detail): "The certificate of \(host) is not trusted: \(detail)."
        case .caFileUnreadable(let path, let detail): "The CA file \(path) cannot be used: \(detail)."
        case .remoteRefused(let url, let detail): "Fetching \(url) failed: \(detail)."
        case .repositoryNotFound(let url): "There is no repository at \(url), or the credentials may not see it."
        case .branchNotFound(let url, let branch, let found):
            found.isEmpty
                ? "\(url) has no branch \(branch); it has none at all."
                : "\(url) has no branch \(branch); it has \(found.joined(separator: ", "))."
        case .invalidBranch(let branch): "\"\(branch)\" is not a valid branch name."
        case .remoteTooLarge(let url, let limit): "\(url) sends more than \(limit); the fetch was stopped."
        case .invalidReference(let name): "\"\(name)\" is not a reference that a request's head can be fetched from."
        case .requestsTooLarge(let limit): "The heads of the open requests take more than \(limit) together."
        case .mergeFailed(let detail): "The request cannot be merged into the branch to look at it: \(detail)."
        case .branchMoved(let url, let branch, let commit):
            """
            The branch \(branch) of \(url) is at \(commit.prefix(12)), which is not a commit of ours, so it was left as it \
            is.
            """
        case .pushRefused(let url, let branch, let detail):
            "The branch \(branch) could not be pushed to \(url): \(detail)."
        case .timedOut(let url, let seconds): "The exchange with \(url) took more than \(seconds) s and was ended."
        case .childFailed(let detail): "The process that fetches failed: \(detail)."
        default: "The fetch was interrupted."
        }
    }

    private var localMessage: String {
        switch self {
        case .notARepository(let path): "There is no git repository at \(path)."
        case .notOwned(let path): "The repository \(path) belongs to another user, so git does not trust its settings."
        case .unsafeFolder(let path, let reason): "The folder \(path) cannot hold mirrors of repositories: \(reason)."
        case .notFetched(_, let branch): "The branch \(branch) has not been fetched yet."
        case .noCommits(let path): "The repository \(path) has no commit."
        case .referenceNotFound(let path, let reference, let found):
            "The repository \(path) has no branch, tag or commit \"\(reference)\"; its branches are \(found.joined(separator: ", "))."
        case .shallowClone(let path):
            "The repository \(path) is a shallow clone: its history is cut off, so what was applied before cannot be found in it."
        case .objectFormat(let path): "The repository \(path) keeps its objects by SHA-256, which is not supported."
        case .noWorkTree(let path): "The repository \(path) is bare: it has no working tree."
        case .noSuchCommit(let id): "There is no commit \(id)."
        case .storage(let path, let detail): "The repository \(path) cannot be used: \(detail)."
        case .invalidFolder(let path, let reason): "\"\(path)\" is not a folder in a repository: \(reason)."
        case .missingFolder(let path): "The folder \(path) does not exist."
        case .notAFolder(let path): "\(path) is not a folder."
        case .symbolicLink(let path, let target, let leavesFolder):
            "\(path) is a symbolic link to \(target)\(leavesFolder ? ", outside the folder" : "")."
        case .submodule(let path): "\(path) is another repository (a submodule)."
        case .oddName(let path, let reason): "The name \(path) is refused: \(reason)."
        case .limitPassed(let passed): passed.message
        case .invalidIdentity(let name, let email): "No commit can be made as \(name) <\(email)>."
        case .signingFailed(let detail): "The commit could not be signed: \(detail)."
        case .notAFile(let path, let reason): "The file \(path) cannot be changed: \(reason)."
        case .unsigned(let commit): "The commit \(commit) is not signed."
        case .untrustedSignature(let commit, let detail): "The signature of commit \(commit) is not trusted: \(detail)."
        case .unsupportedSignature(let commit, let detail):
            "The signature of commit \(commit) cannot be checked: \(detail)."
        case .datedAhead(let commit, let date):
            "The commit \(commit) is dated \(date), which is more than an hour ahead of this machine's clock."
        case .signersUnreadable(let path, let detail): "The file of allowed signers \(path) cannot be used: \(detail)."
        default: "The repository cannot be used."
        }
    }
}

extension GitError {
    static func needsMore(than limits: FetchLimits) -> String {
        "it needs more than \(limits.memory >> 20) MiB of memory"
    }
}

extension GitError.LimitPassed {
    var message: String {
        switch what {
        case .files: "\(path) holds more than \(limit) definition files."
        case .entries: "\(path) holds more than \(limit) files and folders."
        case .depth: "\(path) lies more than \(limit) folders deep."
        case .fileBytes: "\(path) is larger than \(limit) bytes."
        case .totalBytes: "The definition files are larger than \(limit) bytes together, at \(path)."
        }
    }
}
