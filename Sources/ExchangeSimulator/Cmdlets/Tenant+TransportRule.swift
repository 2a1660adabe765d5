/// What is particular about rules: their order, their state, the connector they name.
extension Tenant {
    /// A new rule has a state instead of `Enabled`, and comes last unless a priority says otherwise.
    func settleNewRule(_ rule: inout DirectoryObject) {
        rule.properties["State"] = .string(rule.flag("Enabled") ? "Enabled" : "Disabled")
        rule.properties["Enabled"] = nil
        if rule.properties["Priority"]?.int == nil { rule.properties["Priority"] = .number(self[.transportRule].count) }
        settleReference(&rule)
    }

    /// A connector may be named by GUID or distinguished name; the row shows its name.
    ///
    /// Section 6.
    func settleReference(_ rule: inout DirectoryObject) {
        guard let name = rule.text("RouteMessageOutboundConnector"),
            let connector = self[.outboundConnector].first(where: { $0.answers(to: name, in: self) })
        else { return }
        rule.properties["RouteMessageOutboundConnector"] = .string(connector.name)
    }

    /// Moves a rule to the priority that was asked for; the others make room.
    mutating func place(_ rule: DirectoryObject, _ bound: BoundParameters) {
        if case .plain(let value)? = bound["Priority"], let wanted = value.int {
            self[.transportRule].removeAll { $0.guid == rule.guid }
            self[.transportRule].insert(rule, at: min(wanted, self[.transportRule].count))
        }
        renumber()
    }

    /// Priorities are 0, 1, 2, … without gaps.
    mutating func renumber() {
        for index in self[.transportRule].indices {
            self[.transportRule][index].properties["Priority"] = .number(index)
        }
    }

    /// Enable-TransportRule and Disable-TransportRule.
    mutating func switchRule(
        on isOn: Bool,
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(parameters, properties: [], others: ["Identity", "Mode"])
        guard let identity = bound.identity, !identity.isEmpty else { throw .missingParameters(["Identity"]) }
        let index = try position(of: .transportRule, identity)
        let old = self[.transportRule][index]
        var rule = old
        rule.properties["State"] = .string(isOn ? "Enabled" : "Disabled")
        let name = isOn ? "Enable-TransportRule" : "Disable-TransportRule"
        if bound.isWhatIf { return Self.whatIf(name, old.name) }
        record(name, object: old.name, parameters, &context)
        return store(rule, at: index, insteadOf: old, nil, &context)
    }
}
