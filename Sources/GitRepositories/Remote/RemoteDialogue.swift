import CGit2

/// What libgit2 asks during a fetch, and our answers; one for each fetch, on the thread of the fetch.
///
/// No Swift error crosses a C frame: the first is kept here, and thrown after libgit2 has come back.
final class RemoteDialogue {
    let request: FetchRequest
    let url: GitURL
    let knownHosts: KnownHosts
    let knownHostsPath: String
    private(set) var failure: GitError?
    /// Where something is pushed: what may be, and what the server says to it.
    var push: PushTalk?
    private var credentialsGiven = 0
    private var firstPorts: Set<UInt16>?

    init(_ request: FetchRequest, url: GitURL, knownHosts: KnownHosts, knownHostsPath: String) {
        self.request = request
        self.url = url
        self.knownHosts = knownHosts
        self.knownHostsPath = knownHostsPath
    }

    func fail(_ error: GitError, _ code: git_error_code = GIT_EUSER) -> Int32 {
        failure = failure ?? error
        return code.rawValue
    }

    /// libgit2 asks again after each refusal, so a second question for the same thing means that the first answer was wrong.
    func credentials(_ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>, allowed: UInt32) -> Int32 {
        if case .ssh(let user) = url.kind, allowed & GIT_CREDENTIAL_USERNAME.rawValue != 0 {
            return git_credential_username_new(out, sshUser(user))
        }
        credentialsGiven += 1
        guard credentialsGiven == 1 else {
            return fail(refusal, GIT_EAUTH)
        }
        switch (request.remote.credentials, url.kind) {
        case (.userPassword(let user, let password), .https):
            return git_credential_userpass_plaintext_new(out, user, password)
        case (.userPassword(_, let password), .ssh(let user))
        where allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue != 0:
            return git_credential_userpass_plaintext_new(out, sshUser(user), password)
        case (.sshKey(let key, _, let passphrase), .ssh(let user)) where allowed & GIT_CREDENTIAL_SSH_KEY.rawValue != 0:
            return git_credential_ssh_key_new(out, sshUser(user), nil, key, passphrase)
        default:
            let wanted = url.kind == .https ? "a user and a token" : "an ssh key"
            return fail(.credentialsMissing(url: url.shown, wanted: wanted), GIT_EAUTH)
        }
    }

    private func sshUser(_ inURL: String?) -> String {
        if case .sshKey(_, let user?, _) = request.remote.credentials { return user }
        return inURL ?? "git"
    }

    private var refusal: GitError {
        guard case .sshKey(let key, _, _) = request.remote.credentials else {
            return .authenticationFailed(url: url.shown, detail: "the server refused the user or the token")
        }
        guard !PrivateKeyFile.isRSA(key) else {
            return .keyUnusable(
                path: key,
                detail: "it is an RSA key, for which this libssh2 has only SHA-1, and the server refused it"
            )
        }
        return .authenticationFailed(url: url.shown, detail: "the server refused the key \(key)")
    }

    /// - Parameter isValid: What TLS says of the chain and the name.
    func certificate(_ certificate: UnsafePointer<git_cert>?, isValid: Bool) -> Int32 {
        guard case .ssh = url.kind else {
            guard !isValid else { return peer() }
            let detail = "its chain leads to no trusted root, it has expired, or it is for another name"
            return fail(.certificateUntrusted(host: url.host, detail: detail), GIT_ECERTIFICATE)
        }
        guard let certificate, let shown = cgit2_hostkey(certificate)?.pointee,
            shown.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let raw = shown.hostkey,
            let key = HostKey(Array(UnsafeRawBufferPointer(start: raw, count: shown.hostkey_len)))
        else {
            return fail(.remoteRefused(url: url.shown, detail: "the server showed no host key"), GIT_ECERTIFICATE)
        }
        let line = "\(KnownHosts.name(of: url.host, port: url.port)) \(key)"
        switch knownHosts.judge(key, of: url.host, port: url.port) {
        case .trusted: return 0
        case .unknown:
            return fail(
                .hostKeyUnknown(host: url.host, fingerprint: key.shown, line: line, file: knownHostsPath),
                GIT_ECERTIFICATE
            )
        case .changed(let known):
            return fail(
                .hostKeyChanged(
                    host: url.host,
                    fingerprint: key.shown,
                    known: known.map(\.shown),
                    line: line,
                    file: knownHostsPath
                ),
                GIT_ECERTIFICATE
            )
        case .revoked:
            return fail(
                .hostKeyRevoked(host: url.host, fingerprint: key.shown, file: knownHostsPath),
                GIT_ECERTIFICATE
            )
        }
    }

    /// Whether libgit2 still talks to the port that it first talked to, before it shows that server our token.
    ///
    /// A redirect within the host is followed, and libgit2 1.5 compares neither the port nor tells it: so we look at the
    /// sockets of this process, which has none but those of its one fetch. Behind a proxy all are the proxy's.
    private func peer() -> Int32 {
        let ports = Peers.ports
        firstPorts = firstPorts ?? ports
        guard ports == firstPorts else {
            let detail = "the server redirects to another port of its host, which would get our credentials"
            return fail(.remoteRefused(url: url.shown, detail: detail))
        }
        return 0
    }

    func progress(_ progress: git_indexer_progress) -> Int32 {
        let limits = request.limits
        if progress.received_bytes > limits.bytes {
            return fail(.remoteTooLarge(url: url.shown, limit: "\(limits.bytes) bytes"))
        }
        if progress.total_objects > limits.objects {
            return fail(.remoteTooLarge(url: url.shown, limit: "\(limits.objects) objects"))
        }
        return 0
    }
}

extension HostKey {
    fileprivate var shown: String { "\(type) \(fingerprint)" }
}

extension RemoteDialogue {
    /// libgit2's callbacks; this object must outlive their use.
    var callbacks: git_remote_callbacks {
        var callbacks = git_remote_callbacks()
        git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
        callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
        callbacks.credentials = { out, _, _, allowed, payload in
            guard let out, let dialogue = RemoteDialogue.from(payload) else { return GIT_ERROR.rawValue }
            return dialogue.credentials(out, allowed: allowed)
        }
        callbacks.certificate_check = { certificate, isValid, _, payload in
            guard let dialogue = RemoteDialogue.from(payload) else { return GIT_ERROR.rawValue }
            return dialogue.certificate(certificate, isValid: isValid == 1)
        }
        callbacks.transfer_progress = { progress, payload in
            guard let progress, let dialogue = RemoteDialogue.from(payload) else { return GIT_ERROR.rawValue }
            return dialogue.progress(progress.pointee)
        }
        guard push != nil else { return callbacks }
        callbacks.push_negotiation = { updates, count, payload in
            guard let dialogue = RemoteDialogue.from(payload) else { return GIT_ERROR.rawValue }
            return dialogue.negotiate((0..<count).compactMap { updates?[$0]?.pointee })
        }
        callbacks.push_update_reference = { _, status, payload in
            guard let dialogue = RemoteDialogue.from(payload) else { return GIT_ERROR.rawValue }
            if let status { dialogue.push?.refuse(String(cString: status)) }
            return 0
        }
        callbacks.sideband_progress = { text, count, payload in
            guard let text, let dialogue = RemoteDialogue.from(payload) else { return GIT_ERROR.rawValue }
            dialogue.push?.hear(UnsafeRawBufferPointer(start: text, count: max(0, Int(count))))
            return 0
        }
        return callbacks
    }

    private static func from(_ payload: UnsafeMutableRawPointer?) -> RemoteDialogue? {
        payload.map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }
}
