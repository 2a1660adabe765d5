import CGit2

/// A connection to a remote repository.
final class Remote {
    private let raw: OpaquePointer
    private let dialogue: RemoteDialogue

    /// - Parameter toPush: Whether the connection is for `upload`, and not for `download`.
    init(
        url: String,
        in repository: Repository,
        dialogue: RemoteDialogue,
        toPush: Bool = false
    ) throws(GitError) {
        var options = git_remote_create_options()
        git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION))
        options.repository = repository.raw
        // The user's own configuration must not lead the source, and its credentials, elsewhere.
        options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
        var raw: OpaquePointer?
        guard git_remote_create_with_opts(&raw, url, &options) == 0, let raw else {
            throw .remoteRefused(url: dialogue.url.shown, detail: Library.lastError().text)
        }
        self.raw = raw
        self.dialogue = dialogue
        var connection = git_remote_connect_options()
        git_remote_connect_options_init(&connection, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
        connection.callbacks = dialogue.callbacks
        connection.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        connection.proxy_opts.type = GIT_PROXY_AUTO
        let direction = toPush ? GIT_DIRECTION_PUSH : GIT_DIRECTION_FETCH
        try check(git_remote_connect_ext(raw, direction, &connection))
    }

    deinit {
        git_remote_disconnect(raw)
        git_remote_free(raw)
    }

    /// The commit that a branch of the remote points at.
    func tip(of branch: String) throws(GitError) -> String {
        var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try check(git_remote_ls(&heads, &count, raw))
        var found: [String] = []
        for head in UnsafeBufferPointer(start: heads, count: count) {
            guard let head, let name = head.pointee.name.map({ String(cString: $0) }) else { continue }
            guard name.hasPrefix("refs/heads/") else { continue }
            let shown = name.dropFirst("refs/heads/".count)
            if shown == branch { return ObjectID(head.pointee.oid).text }
            if found.count < 20 { found.append(String(shown).shortened) }
        }
        throw .branchNotFound(url: dialogue.url.shown, branch: branch.printable, found: found)
    }

    /// The commit that a reference of the remote points at; `nil` where there is no such reference.
    func commit(named reference: String) throws(GitError) -> String? {
        var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try check(git_remote_ls(&heads, &count, raw))
        for head in UnsafeBufferPointer(start: heads, count: count) {
            guard let head, let name = head.pointee.name, String(cString: name) == reference else { continue }
            return ObjectID(head.pointee.oid).text
        }
        return nil
    }

    /// The commits that some references of the remote point at, by their names; what is not there is left out.
    func commits(named references: Set<String>) throws(GitError) -> [String: String] {
        var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try check(git_remote_ls(&heads, &count, raw))
        var found: [String: String] = [:]
        for head in UnsafeBufferPointer(start: heads, count: count) where found.count < references.count {
            guard let head, let name = head.pointee.name.map({ String(cString: $0) }), references.contains(name) else {
                continue
            }
            found[name] = ObjectID(head.pointee.oid).text
        }
        return found
    }

    /// The commits of references whose name begins so, in the order of their names.
    ///
    /// One with a longer name than a request's head may have is left out: a server can send names of 64 KiB.
    ///
    /// - Parameter only: Where it is not `nil`, no others are given.
    func commits(below prefix: String, only: Set<String>?, limit: Int) throws(GitError) -> [QueuedCommit] {
        var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try check(git_remote_ls(&heads, &count, raw))
        var found: [QueuedCommit] = []
        for head in UnsafeBufferPointer(start: heads, count: count) where found.count < limit {
            guard let head, let name = head.pointee.name.map({ String(cString: $0) }), name.hasPrefix(prefix),
                name.utf8.count <= 1_024, only?.contains(name) != false
            else { continue }
            var isValid: Int32 = 0
            guard git_reference_name_is_valid(&isValid, name) == 0, isValid == 1 else { continue }
            found.append(QueuedCommit(reference: name, commit: ObjectID(head.pointee.oid).text))
        }
        return found.sorted { $0.reference < $1.reference }
    }

    func download(_ specification: String) throws(GitError) {
        var options = git_fetch_options()
        git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
        options.callbacks = dialogue.callbacks
        options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        options.update_fetchhead = 0
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        options.proxy_opts.type = GIT_PROXY_AUTO
        try check(withList(of: specification) { list in git_remote_download(raw, &list, &options) })
    }

    /// Asks the server to do what a lease allows; the reference must have been looked up over this connection.
    ///
    /// The server compares the former commit as well, so what moves between our look and the push is not overwritten; only
    /// libgit2's way to a path on this machine does not.
    func upload(_ lease: PushLease) throws(GitError) {
        dialogue.push = PushTalk(lease)
        var options = git_push_options()
        git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION))
        options.callbacks = dialogue.callbacks
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        options.proxy_opts.type = GIT_PROXY_AUTO
        try check(withList(of: lease.specification) { list in git_remote_upload(raw, &list, &options) })
        let dialogue = dialogue
        let refusal = dialogue.push?.refusal { dialogue.withoutSecrets(Library.withoutUsers($0), limit: .max) }
        guard let refusal else { return }
        throw .remoteRefused(url: dialogue.url.shown, detail: refusal)
    }

    private func withList(of text: String, _ body: (inout git_strarray) -> Int32) -> Int32 {
        text.withCString { text in
            var text: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(mutating: text)
            return withUnsafeMutablePointer(to: &text) { strings in
                var list = git_strarray(strings: strings, count: 1)
                return body(&list)
            }
        }
    }

    var receivedBytes: Int { git_remote_stats(raw).map { $0.pointee.received_bytes } ?? 0 }

    private func check(_ code: Int32) throws(GitError) {
        guard code < 0 else { return }
        let (text, kind) = Library.lastError()
        throw dialogue.failure ?? GitError(code: code, kind: kind, text: dialogue.withoutSecrets(text), of: dialogue)
    }
}

extension RemoteDialogue {
    /// A message of libgit2 or of the server, without what must not be shown.
    fileprivate func withoutSecrets(_ text: String, limit: Int = 500) -> String {
        var secrets: [String] = []
        switch request.remote.credentials {
        case .none: break
        case .userPassword(_, let password): secrets = [password]
        case .sshKey(_, _, let passphrase): secrets = passphrase.map { [$0] } ?? []
        }
        var result = text
        for secret in secrets where !secret.isEmpty { result = result.replacing(secret, with: "…") }
        return String(result.replacing(request.remote.url, with: url.shown).prefix(limit))
    }
}

extension GitError {
    /// Tells apart, by libgit2's codes and by its words where it has no code, what an operator can act on.
    fileprivate init(code: Int32, kind: git_error_t, text: String, of dialogue: RemoteDialogue) {
        let url = dialogue.url
        let words = text.lowercased()
        func says(_ phrases: String...) -> Bool { phrases.contains { words.contains($0) } }
        if url.kind == .local, Library.saysNotOwned(code, kind) {
            self = .notOwned(path: url.shown)
        } else if kind == GIT_ERROR_NOMEMORY || says("out of memory") || FetchProcess.isOutOfMemory {
            self = .remoteTooLarge(url: url.shown, limit: dialogue.request.limits.memoryText)
        } else if kind == GIT_ERROR_SSL, says("unexpected eof", "indicated an eof", "reset", "closed", "syscall") {
            self = .remoteRefused(url: url.shown, detail: "the connection was cut during TLS: \(text)")
        } else if code == GIT_ECERTIFICATE.rawValue || kind == GIT_ERROR_SSL {
            self = .certificateUntrusted(host: url.host, detail: text)
        } else if case .sshKey(let key, _, _) = dialogue.request.remote.credentials,
            says(
                "unable to extract public key",
                "failed to read",
                "unable to open private key",
                "wrong passphrase",
                "callback returned error"
            )
        {
            self = .keyUnusable(path: key, detail: text)
        } else if code == GIT_EAUTH.rawValue
            || says("status code: 401", "status code: 403", "authentication failed", "unsupported authentication")
        {
            self = .authenticationFailed(url: url.shown, detail: text)
        } else if says(
            "status code: 404",
            "not found",
            "does not appear to be a git repository",
            "unsupported url protocol",
            "could not find repository"
        )
            || url.kind == .local && code == GIT_ENOTFOUND.rawValue
        {
            self = .repositoryNotFound(url: url.shown)
        } else if says("unable to exchange encryption keys") {
            let reason = "; it may have an RSA host key only, or want what libssh2 1.10 does not know"
            self = .remoteRefused(url: url.shown, detail: text + reason)
        } else if says("failed to resolve address", "failed to connect", "could not connect", "connection refused") {
            self = .cannotConnect(host: "\(url.host):\(url.port)", detail: text)
        } else if kind == GIT_ERROR_OS || kind == GIT_ERROR_FILESYSTEM, words.contains("space left") {
            self = .storage(path: dialogue.request.folder, detail: text)
        } else {
            self = .remoteRefused(url: url.shown, detail: text)
        }
    }
}
