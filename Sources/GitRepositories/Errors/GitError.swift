/// What can go wrong with a source, and what an operator does about it; never with a secret in it.
///
/// It travels from the fetching child process as JSON.
package enum GitError: Error, Hashable, Codable, Sendable {
    // The remote
    case invalidURL(url: String, reason: String)
    case cannotConnect(host: String, detail: String)
    case authenticationFailed(url: String, detail: String)
    case credentialsMissing(url: String, wanted: String)
    case keyUnusable(path: String, detail: String)
    case hostKeyUnknown(host: String, fingerprint: String, line: String, file: String)
    case hostKeyChanged(host: String, fingerprint: String, known: [String], line: String, file: String)
    case hostKeyRevoked(host: String, fingerprint: String, file: String)
    case knownHostsUnreadable(path: String, detail: String)
    case certificateUntrusted(host: String, detail: String)
    case caFileUnreadable(path: String, detail: String)
    case remoteRefused(url: String, detail: String)
    case repositoryNotFound(url: String)
    case branchNotFound(url: String, branch: String, found: [String])
    case invalidBranch(String)
    case remoteTooLarge(url: String, limit: String)
    // The requests of a forge
    case invalidReference(String)
    case requestsTooLarge(limit: String)
    case mergeFailed(detail: String)
    // A branch of ours
    case branchMoved(url: String, branch: String, commit: String)
    case pushRefused(url: String, branch: String, detail: String)
    case invalidIdentity(name: String, email: String)
    case signingFailed(detail: String)
    case notAFile(path: String, reason: String)
    // The child process
    case timedOut(url: String, seconds: Double)
    case childFailed(detail: String)
    case cancelled
    // A repository on this machine
    case notARepository(path: String)
    case notOwned(path: String)
    case unsafeFolder(path: String, reason: String)
    case notFetched(path: String, branch: String)
    case noCommits(path: String)
    case referenceNotFound(path: String, reference: String, found: [String])
    case shallowClone(path: String)
    case objectFormat(path: String)
    case noWorkTree(path: String)
    case noSuchCommit(id: String)
    case storage(path: String, detail: String)
    // What lies in a commit, or in a folder
    case invalidFolder(path: String, reason: String)
    case missingFolder(path: String)
    case notAFolder(path: String)
    case symbolicLink(path: String, target: String, leavesFolder: Bool)
    case submodule(path: String)
    case oddName(path: String, reason: String)
    case limitPassed(LimitPassed)
    // Signatures
    case unsigned(commit: String)
    case untrustedSignature(commit: String, detail: String)
    case unsupportedSignature(commit: String, detail: String)
    case signersUnreadable(path: String, detail: String)
    /// A signature counts at the date that its commit gives, so that date must be possible.
    case datedAhead(commit: String, date: String)

    /// Which of `ReadingLimits` was passed, and where.
    package struct LimitPassed: Hashable, Codable, Sendable {
        package enum What: String, Hashable, Codable, Sendable {
            case files, entries, depth
            case fileBytes = "file-bytes"
            case totalBytes = "total-bytes"
        }

        package let what: What
        package let path: String
        package let limit: Int

        package init(_ what: What, at path: String, limit: Int) {
            self.what = what
            self.path = path
            self.limit = limit
        }
    }
}
