import Crypto
package import Forges
import FoundationEssentials

/// A change to a source that is offered to people as a pull request: what to commit where, and what to say.
///
/// It is made for one tip of the source's branch. Whoever carries it out commits the files onto ``base`` as one commit, on a
/// branch of its own, and writes to nothing else.
package struct ChangeOffer: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Git is to say what the tenant says since someone changed it there.
        case drift
        /// Git is to say again what it said before a commit that was rolled back.
        case revert
        /// Connectors that no definition claims get definitions.
        case adoption
    }

    /// One file of the commit.
    package struct File: Hashable, Sendable {
        /// From the repository's root, with `/` between its parts.
        package var path: String
        /// The whole of the new file, or `nil` where it is removed.
        ///
        /// A file that exists keeps its mode; a new one has `100644`.
        package var content: [UInt8]?

        package init(path: String, content: [UInt8]?) {
            self.path = path
            self.content = content
        }
    }

    package var kind: Kind
    package var tenant: String
    package var source: String
    /// The tip of the source's branch that ``files`` were made for.
    package var base: CommitID
    package var title: String
    /// Markdown, within the forge's limit for a description.
    package var body: String
    /// The evidence, as a comment in Markdown within the forge's limit; `nil` where the body says all.
    package var comment: String?
    /// Plain text in our own words, without a stranger's string: forges obey words in commit messages too.
    package var commitMessage: String
    /// In the order of their paths, each once; never empty.
    package var files: [File]
    /// A digest of each thing that it is about, sorted: the same as long as that thing is as it is, whatever base and words are.
    package var parts: [String]

    package init(
        kind: Kind,
        tenant: String,
        source: String,
        base: CommitID,
        title: String,
        body: String,
        comment: String? = nil,
        commitMessage: String,
        files: [File],
        parts: [String]
    ) {
        self.kind = kind
        self.tenant = tenant
        self.source = source
        self.base = base
        self.title = title
        self.body = body
        self.comment = comment
        self.commitMessage = commitMessage
        self.files = files.sorted { $0.path < $1.path }
        self.parts = parts.sorted()
    }

    /// Without `refs/heads/`: `mitregate/drift/contoso`.
    package var branch: String { Self.branch(kind, of: tenant) }

    /// The branch of a tenant's offers of a kind: one request at a time for each.
    ///
    /// A tenant's name that can't be a part of a branch's name (git-check-ref-format(1)) is replaced by a similar one.
    package static func branch(_ kind: Kind, of tenant: String) -> String {
        "\(prefix)\(kind.rawValue)/\(branchPart(tenant))"
    }

    /// What the names of all branches of offers begin with.
    package static let prefix = "mitregate/"

    private static func branchPart(_ tenant: String) -> String {
        let isFit =
            !tenant.isEmpty && tenant.first != "." && tenant.last != "." && !tenant.contains("..")
            && !tenant.hasSuffix(".lock")
            && tenant.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "-._".utf8.contains(byte)
            }
        guard !isFit else { return tenant }
        let plain = tenant.unicodeScalars.map { scalar -> Character in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                ? Character(scalar) : "-"
        }
        return "\(String(plain).prefix(40))-\(OfferDigest.of(["tenant", tenant]).prefix(12))"
    }
}

/// Digests by which two offers are compared.
enum OfferDigest {
    /// SHA-256 in hexadecimal over strings, each with its length before it so that no two lists give the same bytes.
    static func of(_ texts: [String]) -> String {
        var hash = SHA256()
        for text in texts {
            hash.update(data: Array("\(text.utf8.count):".utf8))
            hash.update(data: Array(text.utf8))
        }
        return hex(hash.finalize())
    }

    /// Over paths and bytes of files.
    static func of(_ files: [ChangeOffer.File]) -> String {
        var hash = SHA256()
        for file in files {
            hash.update(data: Array("\(file.path.utf8.count):\(file.path)".utf8))
            hash.update(data: Array((file.content.map { "\($0.count):" } ?? "-").utf8))
            hash.update(data: file.content ?? [])
        }
        return hex(hash.finalize())
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        digest.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}
