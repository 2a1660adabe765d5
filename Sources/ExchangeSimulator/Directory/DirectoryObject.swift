import FoundationEssentials

/// A connector or a rule as the directory holds it: `Name`, `Guid`, time stamps and the properties of its kind.
struct DirectoryObject: Hashable, Sendable {
    let kind: ObjectKind
    /// In the form of a seed: without sidecars and without what follows from the name or the tenant.
    var properties: JSONObject

    var name: String { properties["Name"]?.string ?? "" }
    var guid: String { properties["Guid"]?.string ?? "" }

    func flag(_ name: String) -> Bool { properties[name]?.bool ?? false }

    /// `nil` for null and for the empty text, which mean the same.
    ///
    /// Section 12.4.
    func text(_ name: String) -> String? {
        guard let text = properties[name]?.string, !text.isEmpty else { return nil }
        return text
    }

    /// Also of one text that stands for a list of one, as a seed may have it.
    func list(_ name: String) -> [String] { properties[name]?.strings ?? [] }

    var isOnPremises: Bool { text("ConnectorType")?.isSame(ignoringCase: "OnPremises") ?? false }

    /// Enabled, or `State` for a rule.
    ///
    /// Section 6.
    var isEnabled: Bool {
        kind == .transportRule ? properties["State"]?.string != "Disabled" : flag("Enabled")
    }

    /// Whether an `Identity` means this object: its name, its GUID or its distinguished name.
    ///
    /// Section 3.1.
    func answers(to identity: String, in tenant: Tenant) -> Bool {
        name.isSame(ignoringCase: identity) || guid.isSame(ignoringCase: identity)
            || tenant.distinguishedName(of: self).isSame(ignoringCase: identity)
    }

    mutating func touch(_ now: Date) {
        properties["WhenChangedUTC"] = .string(Timestamp.sevenDigits(now) + "Z")
    }

    /// The domain and the cost of `smtp:contoso.com;1`.
    ///
    /// Section 3.1.
    static func senderDomain(_ text: String) -> (domain: String, cost: String) {
        var rest = text[...]
        if String(rest.prefix(5)).isSame(ignoringCase: "smtp:") { rest = rest.dropFirst(5) }
        let parts = rest.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "1")
    }
}
