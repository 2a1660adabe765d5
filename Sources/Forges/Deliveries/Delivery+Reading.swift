extension Delivery {
    /// In bytes; the longest that forges send by default are far below.
    package static let maximumBody = 1 << 20

    /// Whether the body is one that is looked at at all.
    var isWithinLimit: Bool { body.count <= Self.maximumBody }

    /// A delivery's id as a header gives it: at most 200 visible ASCII characters.
    func identifier(_ names: String...) -> String? {
        names.lazy.compactMap { header($0) }.first.flatMap(Self.identifier)
    }

    static func identifier(_ text: String) -> String? {
        let isVisible = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return (1...200).contains(text.utf8.count) && isVisible ? text : nil
    }
}

extension HookSecret {
    /// The secret of a hook that signs with one; an empty one proves nothing.
    var text: String? {
        guard case .secret(let text) = self, !text.isEmpty else { return nil }
        return text
    }
}
