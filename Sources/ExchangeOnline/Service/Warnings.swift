/// What the service warned of along with its answers: each text once, and no more of them than a person reads.
struct Warnings: Sendable {
    /// Tenants were seen to give a handful.
    private static let maximum = 100
    private static let others = "(and more warnings, which are left out here)"

    private var kept: [String] = []
    private var known: Set<String> = []
    private var hasOthers = false

    init(_ texts: [String]) { add(texts) }

    /// In the order in which they came; where some were left out, the last one says so.
    var texts: [String] { hasOthers ? kept + [Self.others] : kept }

    mutating func add(_ texts: [String]) {
        for text in texts where !known.contains(text) {
            guard text != Self.others, kept.count < Self.maximum else {
                hasOthers = true
                continue
            }
            known.insert(text)
            kept.append(text)
        }
    }
}
