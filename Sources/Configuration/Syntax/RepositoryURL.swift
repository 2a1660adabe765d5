/// How a source's repository is reached, as far as its URL tells.
///
/// It takes what `GitRepositories` fetches and nothing else, as that would be refused at every fetch.
package enum RepositoryURL {
    case path
    case file
    case https
    case ssh

    /// What is wrong with a URL, in words that don't repeat it: it may hold a secret.
    package struct Problem: Error {
        package let id: String
        package let message: String
        package let remedy: String

        fileprivate static let noAddress = Problem(
            id: "config-url",
            message: "url is not an address of a repository.",
            remedy: "Write a path, https://HOST/PATH or ssh://USER@HOST/PATH; put ./ before a path that has a colon."
        )
    }

    package static func form(of text: String) throws(Problem) -> RepositoryURL {
        guard let mark = text.firstIndex(of: ":"), text[mark...].hasPrefix("://") else { return try shortForm(text) }
        guard let address = WebAddress(text), !address.host.hasPrefix("-") else {
            if text.hasPrefix("file:///") { return .file }
            throw .noAddress
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
            guard address.scheme == "https" else {
                throw Problem(
                    id: "config-url-insecure",
                    message: "url is http, and whoever sits between could change the definitions.",
                    remedy: "Use https or ssh, or the path of a repository on this machine."
                )
            }
            return .https
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

    /// `host:path` is ssh when no slash stands before the colon, with a user or without; everything else is a path.
    ///
    /// Source: git-clone(1), "GIT URLS".
    private static func shortForm(_ text: String) throws(Problem) -> RepositoryURL {
        guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else { return .path }
        let (authority, path) = (text[..<colon], text[text.index(after: colon)...])
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        // user:password@host:path would be the path password@host:path on the host "user".
        let isDeceptive = path.hasPrefix(":") || !authority.contains("@") && path.contains("@")
        guard !host.isEmpty, !host.hasPrefix("-"), !host.hasPrefix("["), !isDeceptive else { throw .noAddress }
        return .ssh
    }
}
