/// How a source's repository is reached, as far as its URL tells.
package enum RepositoryURL {
    case path
    case file
    case https
    /// Only on this machine.
    case loopbackHTTP
    case ssh

    /// What is wrong with a URL, in words that don't repeat it: it may hold a secret.
    package struct Problem: Error {
        package let id: String
        package let message: String
        package let remedy: String
    }

    package static func form(of text: String) throws(Problem) -> RepositoryURL {
        guard let mark = text.firstIndex(of: ":"), text[mark...].hasPrefix("://") else { return shortForm(text) }
        guard let address = WebAddress(text) else {
            if text.hasPrefix("file:///") { return .file }
            throw Problem(
                id: "config-url",
                message: "url is not an address of a repository.",
                remedy: "Write a path, https://HOST/PATH or ssh://USER@HOST/PATH."
            )
        }
        switch address.scheme {
        case "https", "http":
            guard address.userInfo == nil else {
                throw Problem(
                    id: "config-url-secret",
                    message: "url holds a user name or a secret, which is not repeated here.",
                    remedy: "Remove it from url, replace the secret, and set credentials: {token: {env: NAME}}."
                )
            }
            if address.scheme == "https" { return .https }
            guard address.isLoopback else {
                throw Problem(
                    id: "config-url-insecure",
                    message: "url is http, and whoever sits between could change the definitions.",
                    remedy: "Use https or ssh."
                )
            }
            return .loopbackHTTP
        case "ssh":
            if address.userInfo?.contains(":") == true {
                throw Problem(
                    id: "config-url-secret",
                    message: "url holds a password, which is not repeated here.",
                    remedy: "Remove it, and set credentials: {privateKey: {file: PATH}}."
                )
            }
            return .ssh
        default:
            throw Problem(
                id: "config-url",
                message: "url has a scheme that is not served.",
                remedy: "Use a path, https or ssh."
            )
        }
    }

    /// `user@host:path` is ssh, as for git(1); everything else is a path.
    private static func shortForm(_ text: String) -> RepositoryURL {
        guard let colon = text.firstIndex(of: ":"), let at = text.firstIndex(of: "@"), at < colon,
            !text[..<colon].contains("/")
        else { return .path }
        return .ssh
    }
}
