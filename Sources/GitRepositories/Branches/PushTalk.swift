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

    mutating func refuse(_ status: String) { reason = reason ?? String(status.prefix(Self.maximumShown)) }

    mutating func hear(_ bytes: UnsafeRawBufferPointer) { told += bytes.prefix(Self.maximumRead - told.count) }

    /// Why the server did not do it; `nil` where it did.
    var refusal: String? {
        guard let reason else { return nil }
        let lines = String(decoding: told, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingSpaces.printable }.filter { !$0.isEmpty }
        let words = lines.isEmpty ? "" : ". It said: \(lines.joined(separator: " / ").prefix(Self.maximumShown))"
        return "\(reason.printable)\(words)"
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
