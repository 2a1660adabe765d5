/// Where sources contradict each other, or a test wants the worse of two behaviours.
struct Quirks: Hashable, Sendable {
    /// Rows vary as sections 2.4 and 12 list it: order, sidecars, unknown members, null or "", one text for a list of one.
    var oddForms = true
    /// A list is only cleared by the tagged empty table; `[]` changes nothing.
    ///
    /// Section 2.3.
    var emptyListsIgnored = false
    /// `IncludeTestModeConnectors` returns every connector (DSC), not only those in test mode (documents).
    ///
    /// Section 4.5.
    var includeTestModeReturnsAll = false
    /// A Get with an unknown identity returns every object.
    ///
    /// Section 0, rule 2.
    var unknownIdentityReturnsAll = false
    /// The replay of a continuation link is refused.
    ///
    /// Section 2.5.
    var nextLinkFails = false
    /// Smart hosts may be private addresses, as an example of the documents has it.
    ///
    /// Rule O8.
    var privateSmartHostsAllowed = false
    /// The name in Microsoft's own certificate is taken as TlsSenderCertificateName; the older build refuses it.
    ///
    /// Rule I9, section 7.4.
    var ownCertificateNameAllowed = false
    /// Graph knows the audit queries under v1.0 too, as the documents say; a live tenant answered 404.
    ///
    /// Section 8.3.
    var graphAuditInVersion1 = false
    /// How many requests may be in flight at once before the plain-text refusal of section 2.6; 0 sets no limit.
    var concurrencyLimit = 0

    init() {}

    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(Self.names)
        oddForms = try node["oddForms"]?.bool() ?? oddForms
        emptyListsIgnored = try node["emptyListsIgnored"]?.bool() ?? false
        includeTestModeReturnsAll = try node["includeTestModeReturnsAll"]?.bool() ?? false
        unknownIdentityReturnsAll = try node["unknownIdentityReturnsAll"]?.bool() ?? false
        nextLinkFails = try node["nextLinkFails"]?.bool() ?? false
        privateSmartHostsAllowed = try node["privateSmartHostsAllowed"]?.bool() ?? false
        ownCertificateNameAllowed = try node["ownCertificateNameAllowed"]?.bool() ?? false
        graphAuditInVersion1 = try node["graphAuditInVersion1"]?.bool() ?? false
        concurrencyLimit = try node["concurrencyLimit"]?.int() ?? 0
    }

    private static let names = [
        "oddForms", "emptyListsIgnored", "includeTestModeReturnsAll", "unknownIdentityReturnsAll", "nextLinkFails",
        "privateSmartHostsAllowed", "ownCertificateNameAllowed", "graphAuditInVersion1", "concurrencyLimit",
    ]

    /// What differs from the usual, as a seed says it.
    var seed: JSONObject {
        var result = JSONObject()
        if !oddForms { result["oddForms"] = .bool(false) }
        let flags = [
            ("emptyListsIgnored", emptyListsIgnored), ("includeTestModeReturnsAll", includeTestModeReturnsAll),
            ("unknownIdentityReturnsAll", unknownIdentityReturnsAll), ("nextLinkFails", nextLinkFails),
            ("privateSmartHostsAllowed", privateSmartHostsAllowed),
            ("ownCertificateNameAllowed", ownCertificateNameAllowed), ("graphAuditInVersion1", graphAuditInVersion1),
        ]
        for (name, value) in flags where value { result[name] = .bool(true) }
        if concurrencyLimit > 0 { result["concurrencyLimit"] = .number(concurrencyLimit) }
        return result
    }
}
