import Connectors

/// A repository: a line of commits, each with a folder for each tenant.
struct PretendSource {
    struct Folder: Hashable {
        var tree: String
        var desired: [DesiredConnector]
    }

    struct Commit {
        var revision: String
        var folders: [Folder]
        /// The head of a request that lies behind the branch since this commit.
        var head: String?
    }

    private(set) var commits: [Commit]
    /// Whether a connector that is to be weakened has no word yet that accepts it.
    private let asksForWord: Bool

    init(tenants: Int, asksForWord: Bool = false) {
        self.asksForWord = asksForWord
        let folders = (0..<tenants).map { Self.folder($0, commit: 0, .good, asksForWord: asksForWord) }
        commits = [Commit(revision: Self.revision(0), folders: folders)]
    }

    var tip: Commit { commits[commits.count - 1] }

    /// - Parameter smartHost: Where a partner's mail is led to; `nil`: to the servers that the DNS names.
    mutating func commit(to tenants: [Int], _ goodness: Disturbance.Goodness, smartHost: String? = nil) {
        let number = commits.count
        var folders = tip.folders
        for tenant in tenants where folders.indices.contains(tenant) {
            // What requests brought stays.
            let others = folders[tenant].desired.filter { $0.key.name.hasPrefix("q") }
            folders[tenant] = Folder(
                Self.folder(tenant, commit: number, goodness, smartHost: smartHost, asksForWord: asksForWord).desired
                    + others
            )
        }
        append(folders, head: nil)
    }

    mutating func append(_ folders: [Folder], head: String?) {
        commits.append(Commit(revision: Self.revision(commits.count), folders: folders, head: head))
    }

    private static func revision(_ number: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 40 - text.count) + text
    }

    /// Two connectors that stay, and one that comes and goes.
    private static func folder(
        _ tenant: Int,
        commit: Int,
        _ goodness: Disturbance.Goodness,
        smartHost: String? = nil,
        asksForWord: Bool
    ) -> Folder {
        let comment = goodness == .good ? "v\(commit)" : goodness.rawValue
        var outbound: Settings = [
            "recipientDomains": ["p0.example"], "comment": .text("v\(commit)"),
            // Now and then a commit asks for less of the partner, and the next one for more again.
            "tlsSettings": commit % 4 == 2 ? "EncryptionOnly" : "CertificateValidation",
        ]
        if let smartHost {
            outbound["useMXRecord"] = false
            outbound["smartHosts"] = .list([smartHost])
        }
        var connectors = [
            connector(.outboundConnector, "p0", outbound),
            connector(
                .inboundConnector,
                "p0",
                [
                    "senderDomains": ["p0.example"], "requireTls": true, "restrictDomainsToCertificate": true,
                    "tlsSenderCertificateName": "mail.p0.example", "comment": .text("v\(commit)"),
                ]
            ),
        ]
        // A commit that asks for less says who agreed to that.
        if asksForWord && commit % 4 != 2 { connectors[0].annotations = [:] }
        if commit % 2 == 1 || goodness != .good {
            connectors.append(
                connector(
                    .outboundConnector,
                    "p1",
                    ["recipientDomains": ["p1.example"], "tlsSettings": "EncryptionOnly", "comment": .text(comment)]
                )
            )
        }
        return Folder(connectors)
    }

    static func connector(_ kind: ConnectorKind, _ slug: String, _ settings: Settings) -> DesiredConnector {
        DesiredConnector(
            key: ConnectorKey(kind: kind, name: slug),
            displayName: "Partner \(slug)",
            settings: settings,
            annotations: [Annotation.acceptRisk: "agreed with the partner"],
            source: SourcePosition(file: "\(slug).yaml", line: 1, column: 1)
        )
    }
}
