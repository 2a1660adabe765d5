import Connectors

/// What requests bring to the pretended repository.
extension PretendSource {
    /// One change to some tenants' folders; the same wherever it is made.
    struct Edit: Hashable {
        var tenants: [Int]
        var edit: ForgeDisturbance.RequestEdit
        /// What it writes, which no other edit writes.
        var text: String
    }

    /// The tip of a request's branch.
    struct Head: Hashable {
        var revision: String
        /// The branch's commit that it begins at, and its folders.
        var parent: String
        var base: [Folder]
        var folders: [Folder]
    }

    static func head(_ number: Int, with edits: [Edit], on base: Commit) -> Head {
        let digits = String(number, radix: 16)
        let folders = base.folders.enumerated().map { tenant, folder in
            edits.filter { $0.tenants.contains(tenant) }.reduce(folder) { $0.applying($1) }
        }
        return Head(
            revision: "e" + String(repeating: "0", count: 39 - digits.count) + digits,
            parent: base.revision,
            base: base.folders,
            folders: folders
        )
    }

    /// The folders with both what the head and what the branch changed since they parted; `nil` where that is a conflict.
    static func merge(_ head: Head, into tip: Commit) -> [Folder]? {
        var result: [Folder] = []
        for (tenant, folder) in tip.folders.enumerated() {
            guard let merged = folder.merging(head.folders[tenant], since: head.base[tenant]) else { return nil }
            result.append(merged)
        }
        return result
    }

    /// Puts a request's merge result onto the branch.
    ///
    /// - Parameter head: Where the head itself lies behind the branch from then on.
    mutating func merge(_ folders: [Folder], head: String?) -> Commit {
        append(folders, head: head)
        return tip
    }

    func index(of revision: String?) -> Int? {
        revision.flatMap { revision in commits.firstIndex { $0.revision == revision } }
    }
}

extension PretendSource.Folder {
    /// The folder's tree follows from what is in it.
    init(_ desired: [DesiredConnector]) {
        let sorted = desired.sorted { $0.key < $1.key }
        let text = sorted.map { connector in
            let fields = connector.settings.keys.sorted().map { "\($0)=\(String(describing: connector.settings[$0]))" }
            return "\(connector.key) \(connector.annotations.sorted { $0.key < $1.key }) \(fields)"
        }.joined(separator: "\n")
        // FNV-1a, as Swift's own hashes differ from one process to the next.
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        self.init(tree: String(hash, radix: 16), desired: sorted)
    }

    private var byKey: [ConnectorKey: DesiredConnector] {
        Dictionary(desired.map { ($0.key, $0) }) { first, _ in first }
    }

    fileprivate func applying(_ edit: PretendSource.Edit) -> Self {
        var all = byKey
        func key(_ slug: String) -> ConnectorKey { ConnectorKey(kind: .outboundConnector, name: slug) }
        switch edit.edit {
        case .note(let number):
            let slug = "q\(number)"
            all[key(slug)] = PretendSource.connector(
                .outboundConnector,
                slug,
                [
                    "recipientDomains": .list(["\(slug).example"]), "tlsSettings": "EncryptionOnly",
                    "comment": .text(edit.text),
                ]
            )
        case .touch: all[key("p0")]?.settings["comment"] = .text(edit.text)
        case .weaken:
            all[key("p0")]?.settings["tlsSettings"] = "EncryptionOnly"
            all[key("p0")]?.annotations[Annotation.acceptRisk] = "agreed with the partner"
        case .drop(let number): all[key("q\(number)")] = nil
        }
        return Self(Array(all.values))
    }

    fileprivate func merging(_ head: Self, since base: Self) -> Self? {
        if head.tree == base.tree { return self }
        if tree == base.tree { return head }
        let (ours, theirs, former) = (byKey, head.byKey, base.byKey)
        var result: [DesiredConnector] = []
        for key in Set(ours.keys).union(theirs.keys).union(former.keys) {
            let (our, their, old) = (ours[key], theirs[key], former[key])
            guard our == their || their == old || our == old else { return nil }
            if let kept = their == old ? our : their { result.append(kept) }
        }
        return Self(result)
    }
}
