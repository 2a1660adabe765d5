/// What a fault does to a request and its answer; members combine.
struct Effect: Sendable {
    enum Drop: String, Sendable {
        /// Before the request is looked at.
        case before
        /// After it took effect, without an answer.
        case after
        /// After it took effect, in the middle of the answer's body.
        case body
    }

    enum NextLink: String, Sendable {
        case foreign, failing, answering, blank
    }

    enum ValueForm: String, Sendable {
        case absent, null, empty
    }

    struct Edit: Sendable {
        let userId: String
        let cmdlet: String
        let parameters: JSONObject
    }

    var refusal: Refusal?
    /// The request takes effect before it is refused.
    var isApplied = false
    var retryAfter: String?
    var drop: Drop?
    var delay = Duration.zero
    var bodyDelay = Duration.zero
    var hold: Answer.Hold?
    /// How many reads of the kind lag behind this write; `.some(nil)` until released.
    var staleReads: Int??
    var ignoredParameters: [String] = []
    var emptyListsIgnored = false
    var nextLink: NextLink?
    var warnings: [String] = []
    var errors: [String] = []
    var rows: [JSON]?
    var valueForm: ValueForm?
    var isTruncated = false
    var isCompressed = false
    /// Another administrator's change, just before or just after the request.
    var editBefore: Edit?
    var editAfter: Edit?

    static let none = Effect()

    private init() {}

    private static let members =
        Refusal.members + [
            "applied", "retryAfter", "drop", "delay", "bodyDelay", "hold", "staleReads", "ignoreParameters",
            "ignoreEmptyLists", "nextLink", "warnings", "errors", "rows", "value", "truncate", "gzip", "editBefore",
            "editAfter",
        ]

    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(Self.members)
        refusal = try Refusal.read(node)
        isApplied = try node["applied"]?.bool() ?? false
        retryAfter = try node["retryAfter"].map { node throws(SimulatorError) in
            if let seconds = node.value.int { String(seconds) } else { try node.string() }
        }
        drop = try Self.word(node["drop"], "before, after or body")
        delay = .milliseconds(try node["delay"]?.int() ?? 0)
        bodyDelay = .milliseconds(try node["bodyDelay"]?.int() ?? 0)
        hold = try Self.word(node["hold"], "head or body")
        if let reads = node["staleReads"] {
            staleReads = .some(reads.value.string == "until-released" ? nil : try reads.int())
        }
        ignoredParameters = try node["ignoreParameters"]?.strings() ?? []
        emptyListsIgnored = try node["ignoreEmptyLists"]?.bool() ?? false
        nextLink = try Self.word(node["nextLink"], "foreign, failing, answering or blank")
        warnings = try node["warnings"]?.strings() ?? []
        errors = try node["errors"]?.strings() ?? []
        rows = try node["rows"]?.items().map(\.value)
        valueForm = try Self.word(node["value"], "absent, null or empty")
        isTruncated = try node["truncate"]?.bool() ?? false
        isCompressed = try node["gzip"]?.bool() ?? false
        editBefore = try Self.edit(node["editBefore"])
        editAfter = try Self.edit(node["editAfter"])
    }

    private static func word<Word: RawRepresentable>(
        _ node: DocumentNode?,
        _ words: String
    ) throws(SimulatorError) -> Word? where Word.RawValue == String {
        guard let node else { return nil }
        guard let word = Word(rawValue: try node.string()) else { throw node.wrong("\(words) is expected") }
        return word
    }

    private static func edit(_ node: DocumentNode?) throws(SimulatorError) -> Edit? {
        guard let node else { return nil }
        try node.onlyMembers(["userId", "cmdlet", "parameters"])
        return Edit(
            userId: try node.needed("userId").string(),
            cmdlet: try node.needed("cmdlet").string(),
            parameters: try node["parameters"]?.object() ?? JSONObject()
        )
    }
}
