package import Configuration
import Crypto
import FoundationEssentials

/// Who may do what: the tokens of the configuration, read once.
package struct Callers: Sendable {
    private struct Known: Sendable {
        let name: String
        let digest: SHA256Digest
        let rights: Set<APIToken.Right>
    }

    private let known: [Known]
    private let isReadingOpen: Bool
    private let areMetricsOpen: Bool

    /// - Throws: When a token cannot be read, or is too short to keep a guesser out.
    package init(_ settings: ServerSettings) throws(ConfigurationError) {
        var known: [Known] = []
        for token in settings.tokens {
            let secret = try token.token.resolve()
            guard secret.utf8.count >= Self.shortest else {
                throw ConfigurationError(
                    Problem(
                        "config-token-short",
                        "The token \(token.name) in \(token.token.place) has fewer than \(Self.shortest) characters, and could be guessed.",
                        remedy: "Make a longer one, as with: openssl rand -hex 32"
                    )
                )
            }
            known.append(
                Known(name: token.name, digest: SHA256.hash(data: Data(secret.utf8)), rights: token.rights)
            )
        }
        self.known = known
        isReadingOpen = known.isEmpty && settings.isLoopback
        areMetricsOpen = settings.areMetricsOpen || isReadingOpen
    }

    /// In bytes.
    package static let shortest = 16

    /// The caller's name.
    ///
    /// - Parameter authorization: The header of that name, the one thing that gives rights.
    func caller(
        _ authorization: String?,
        for access: Endpoint.Access
    ) throws(ProblemDetails) -> String {
        let right: APIToken.Right
        switch access {
        case .open: return "anonymous"
        case .metrics:
            if areMetricsOpen { return "anonymous" }
            right = .read
        case .needs(let needed): right = needed
        }
        if isReadingOpen, right == .read { return "anonymous" }
        guard !known.isEmpty else {
            throw ProblemDetails(
                403,
                id: "no-tokens",
                "Not allowed",
                detail: "The configuration has no tokens, so reading from this machine is all that is possible.",
                remedy: "Add server.tokens, with one that may \(right.rawValue), and reload."
            )
        }
        let presented = authorization.flatMap(Self.bearer) ?? ""
        let digest = SHA256.hash(data: Data(presented.utf8))
        // Each is compared, and each comparison takes the same time.
        var match: Known?
        for candidate in known where candidate.digest == digest { match = candidate }
        guard !presented.isEmpty, let match else {
            throw ProblemDetails(
                401,
                id: "token-missing",
                "Who asks is not known",
                detail: presented.isEmpty
                    ? "The request has no bearer token." : "The token is none of the configured ones.",
                remedy:
                    "Send Authorization: Bearer TOKEN; for the command line use --token-file or MITREGATE_SERVER_TOKEN."
            )
        }
        guard match.rights.contains(right) else {
            throw ProblemDetails(
                403,
                id: "token-insufficient",
                "Not allowed",
                detail: "The token \(match.name) may not \(right.rawValue).",
                remedy: "Use one that may, or add \(right.rawValue) to its may in server.tokens."
            )
        }
        return match.name
    }

    /// The token of a `Bearer` header (RFC 6750, section 2.1); the scheme's letter case does not matter.
    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
