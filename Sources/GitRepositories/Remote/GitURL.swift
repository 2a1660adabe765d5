/// A source's URL, taken apart as far as it must be understood.
struct GitURL: Hashable {
    enum Kind: Hashable {
        case local
        case https
        case ssh(user: String?)
    }

    let kind: Kind
    /// In lower case, without brackets; empty for a local path.
    let host: String
    let port: Int
    /// The URL without what stands before the `@`: safe to show.
    let shown: String

    /// - Throws: `invalidURL`, also for a URL that holds a password.
    init(_ text: String) throws(GitError) {
        guard !text.isEmpty, text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw .invalidURL(url: "\"\(text.printable)\"", reason: "it is empty or holds control characters")
        }
        if let separator = text.firstIndex(of: ":"), text[separator...].hasPrefix("://") {
            let scheme = text[..<separator].lowercased()
            let rest = text[separator...].dropFirst(3)
            switch scheme {
            case "file":
                self.init(kind: .local, host: "", port: 0, shown: text)
            case "https", "ssh", "git+ssh", "ssh+git":
                try self.init(scheme: scheme == "https" ? "https" : "ssh", rest: rest)
            default:
                throw .invalidURL(
                    url: "\(scheme.printable)://…",
                    reason: "\(scheme.printable) is not encrypted or not known"
                )
            }
        } else if let short = Self.shortForm(text) {
            let (user, host) = Self.split(short.authority)
            let isDeceptive = short.path.hasPrefix(":") || user == nil && short.path.contains("@")
            // An address or a port in brackets is read in ssh:// alone.
            guard !host.isEmpty, !host.hasPrefix("-"), !host.hasPrefix("["), !isDeceptive else {
                throw .invalidURL(url: "\(String(host).printable):…", reason: "it is not user@host:path")
            }
            self.init(
                kind: .ssh(user: user.map(String.init)),
                host: host.lowercased(),
                port: 22,
                shown: "\(String(host).printable):\(short.path)"
            )
        } else {
            self.init(kind: .local, host: "", port: 0, shown: text)
        }
    }

    private init(kind: Kind, host: String, port: Int, shown: String) {
        self.kind = kind
        self.host = host
        self.port = port
        self.shown = shown.printable
    }

    private init(scheme: String, rest: Substring) throws(GitError) {
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let (user, place) = Self.split(rest[..<end])
        let shown = "\(scheme)://\(place)\(rest[end...])"
        guard user?.contains(":") != true else {
            throw .invalidURL(url: shown.printable, reason: "it holds a password, which would end up in logs")
        }
        guard scheme == "ssh" || user == nil else {
            throw .invalidURL(url: shown.printable, reason: "it holds a user or a token, which would end up in logs")
        }
        guard let (host, port) = Self.hostAndPort(place), !host.isEmpty, !host.hasPrefix("-") else {
            throw .invalidURL(url: shown.printable, reason: "it names no host, or no valid port")
        }
        self.init(
            kind: scheme == "https" ? .https : .ssh(user: user.map(String.init)),
            host: host.lowercased(),
            port: port ?? (scheme == "https" ? 443 : 22),
            shown: shown
        )
    }

    private static func split(_ authority: Substring) -> (user: Substring?, place: Substring) {
        guard let at = authority.lastIndex(of: "@") else { return (nil, authority) }
        return (authority[..<at], authority[authority.index(after: at)...])
    }

    /// `nil` when the port is none.
    private static func hostAndPort(_ place: Substring) -> (host: Substring, port: Int?)? {
        var host = place
        var rest: Substring = ""
        if place.hasPrefix("["), let close = place.firstIndex(of: "]") {
            host = place[place.index(after: place.startIndex)..<close]
            rest = place[place.index(after: close)...]
        } else if let colon = place.firstIndex(of: ":") {
            host = place[..<colon]
            rest = place[colon...]
        }
        guard !rest.isEmpty else { return (host, nil) }
        guard rest.first == ":", let port = Int(rest.dropFirst()), (1...65_535).contains(port) else { return nil }
        return (host, port)
    }

    /// Git takes `host:path` for ssh when no slash stands before the colon.
    ///
    /// Source: git-clone(1), "GIT URLS".
    private static func shortForm(_ text: String) -> (authority: Substring, path: Substring)? {
        guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else { return nil }
        return (text[..<colon], text[text.index(after: colon)...])
    }
}
