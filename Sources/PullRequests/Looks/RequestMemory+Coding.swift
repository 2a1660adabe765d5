import FoundationEssentials

extension RequestMemory {
    /// Reads what this version or an earlier one stored.
    ///
    /// What decides whether a change was reviewed must be there, as a request without it would pass for one that showed
    /// nothing. Anything else that is missing has its default; what was added since the first version always does, in
    /// what is remembered of tenants as well. A value of another form is an error wherever it stands.
    package init(from decoder: any Decoder) throws {
        let stored = try decoder.container(keyedBy: CodingKeys.self)
        number = try stored.decode(Int.self, forKey: .number)
        branch = try stored.decode(String.self, forKey: .branch)
        head = try stored.decode(String.self, forKey: .head)
        headSince = try stored.decode(Date.self, forKey: .headSince)
        base = try stored.decode(String.self, forKey: .base)
        isFork = try stored.decode(Bool.self, forKey: .isFork)
        isDraft = try stored.decode(Bool.self, forKey: .isDraft)
        standing = try stored.decode(RequestStanding.self, forKey: .standing)
        touched = try stored.decode([TenantTrees].self, forKey: .touched)
        touchedHead = try stored.decode(String.self, forKey: .touchedHead)
        looks = try stored.decode([String: TenantLook].self, forKey: .looks)
        showings = try stored.decode([String: Showing].self, forKey: .showings)
        words = try stored.decode([ReviewWord].self, forKey: .words)
        asked = try stored.decodeIfPresent(Ask.self, forKey: .asked)
        closedAt = try stored.decodeIfPresent(Date.self, forKey: .closedAt)
        mergedAs = try stored.decodeIfPresent(String.self, forKey: .mergedAs)
        mergedAt = try stored.decodeIfPresent(Date.self, forKey: .mergedAt)
        reviewsAskedAt = try stored.decodeIfPresent(Date.self, forKey: .reviewsAskedAt)
        untimedApprovers = try stored.decodeIfPresent(Set<String>.self, forKey: .untimedApprovers)
        refusal = try stored.decodeIfPresent(String.self, forKey: .refusal)
        begun = try stored.decodeIfPresent([String: Date].self, forKey: .begun)
        overtaken = try stored.decodeIfPresent(Set<String>.self, forKey: .overtaken)
        applying = try stored.decodeIfPresent(ApplyAsk.self, forKey: .applying)
        page = try stored.decode(.page, or: "")
        behind = try stored.decode(.behind, or: 0)
        isSealed = try stored.decode(.isSealed, or: false)
        sentStatuses = try stored.decode(.sentStatuses, or: [:])
        comments = try stored.decode(.comments, or: [:])
        ruled = try stored.decode(.ruled, or: [])
        outcomes = try stored.decode(.outcomes, or: [:])
    }
}

extension KeyedDecodingContainer {
    /// The value, or a default where there is none; `null` is none of either.
    fileprivate func decode<Value: Decodable>(_ key: Key, or value: Value) throws -> Value {
        contains(key) ? try decode(Value.self, forKey: key) : value
    }
}
