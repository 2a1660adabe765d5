import FoundationEssentials

/// One message that a seed or a test sends by name, apart from the traffic that chance makes.
struct Letter: Hashable, Sendable {
    let at: Date
    /// Empty for a report of non-delivery.
    let from: String
    let to: [String]
    /// How many of the same, a second apart.
    let count: Int

    private static let longestAddress = 320

    /// - Parameter time: When it comes in, where the document does not say.
    init(_ node: DocumentNode, at time: Date? = nil) throws(SimulatorError) {
        if let time { at = time } else { at = try node.needed("at").time() }
        from = try node["from"]?.string() ?? ""
        let recipients = try node.needed("to")
        to = try recipients.strings()
        count = try node["count"]?.int(1...1_000) ?? 1
        guard (1...100).contains(to.count) else { throw recipients.wrong("1 to 100 recipients are expected") }
        for address in to where !address.contains("@") || address.utf8.count > Self.longestAddress {
            throw recipients.wrong("addresses of at most \(Self.longestAddress) bytes are expected")
        }
    }
}
