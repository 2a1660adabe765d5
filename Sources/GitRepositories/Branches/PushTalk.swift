import CGit2

/// What is said during a push: what it may do, and what the server answers.
struct PushTalk {
    let lease: PushLease
    private var reason: String?
    private var told: [UInt8] = []

    /// How much of what a server's hooks write is read, in bytes, and shown, in characters.
    private static let maximumRead = 4_096
    private static let maximumShown = 200

    init(_ lease: PushLease) { self.lease = lease }

    mutating func refuse(_ status: String) { reason = reason ?? String(status.prefix(Self.maximumRead)) }

    mutating func hear(_ bytes: UnsafeRawBufferPointer) { told += bytes.prefix(Self.maximumRead - told.count) }

    /// Why the server did not do it; `nil` where it did.
    ///
    /// - Parameter clean: Leaves out what must not be shown; it sees the texts before they are cut.
    func refusal(_ clean: (String) -> String) -> String? {
        guard let reason else { return nil }
        let lines = String(decoding: told, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingSpaces }.filter { !$0.isEmpty }
        let words = clean(lines.joined(separator: " / ")).printable.prefix(Self.maximumShown)
        let shown = clean(reason).printable.prefix(Self.maximumShown)
        return words.isEmpty ? String(shown) : "\(shown). It said: \(words)"
    }
}

extension RemoteDialogue {
    /// libgit2 sends what it saw as the reference's former value, and a forced push would replace any; so it is compared once more.
    func negotiate(_ updates: [git_push_update]) -> Int32 {
        guard let lease = push?.lease, updates.count == 1, let update = updates.first, lease.allows(update) else {
            return fail(.remoteRefused(url: url.shown, detail: "the branch moved while it was pushed to"))
        }
        return 0
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
