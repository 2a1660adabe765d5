import FoundationEssentials

extension Tenant {
    /// New-InboundConnector, New-OutboundConnector, New-TransportRule.
    mutating func create(
        _ kind: ObjectKind,
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(
            parameters,
            properties: kind.properties.filter(\.isOnNew),
            others: ["Name"],
            ignored: context.ignoredParameters
        )
        // SenderDomains is mandatory in the cmdlet's syntax. Section 3.1.
        let missing =
            (bound.newName == nil ? ["Name"] : [])
            + (kind == .inboundConnector && !bound.has("SenderDomains") ? ["SenderDomains"] : [])
        guard let name = bound.newName, missing.isEmpty else { throw .missingParameters(missing) }
        try checkName(name, kind, except: nil)
        var object = DirectoryObject(
            kind: kind,
            properties: JSONObject([
                "Name": .string(name), "Guid": .string(unusedGuid(&context.random)),
            ])
        )
        for property in kind.properties { object.properties[property.name] = property.initial }
        bound.apply(to: &object, ignoresEmptyLists: false)
        object.properties["WhenCreatedUTC"] = .string(Timestamp.sevenDigits(context.now) + "Z")
        object.touch(context.now)
        if kind == .transportRule { settleNewRule(&object) }
        try check(object)
        if bound.isWhatIf { return Self.whatIf("Creating \(kind.rawValue)", name) }
        self[kind].append(object)
        if kind == .transportRule { place(object, bound) }
        record("New-\(kind.rawValue)", object: name, parameters, &context)
        var result = CmdletResult(rows: [row(of: object, &context.random)], changed: true)
        if kind == .inboundConnector { result.warnings = InboundRules.warnings(object, among: self[kind]) }
        return result
    }

    /// Set-InboundConnector, Set-OutboundConnector, Set-TransportRule.
    mutating func update(
        _ kind: ObjectKind,
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(
            parameters,
            properties: kind.properties.filter(\.isOnSet),
            others: ["Identity", "Name"],
            ignored: context.ignoredParameters
        )
        guard let identity = bound.identity, !identity.isEmpty else { throw .missingParameters(["Identity"]) }
        let index = try position(of: kind, identity)
        let old = self[kind][index]
        var object = old
        if let name = bound.newName, !context.ignoredParameters.contains("Name") {
            try checkName(name, kind, except: old.guid)
            object.properties["Name"] = .string(name)
        }
        bound.apply(to: &object, ignoresEmptyLists: context.ignoresEmptyLists || quirks.emptyListsIgnored)
        settle(&object, bound)
        if kind == .outboundConnector { try OutboundRules.checkReferences(to: old, becoming: object, in: self) }
        try check(object)
        if bound.isWhatIf { return Self.whatIf("Setting \(kind.rawValue)", old.name) }
        record("Set-\(kind.rawValue)", object: old.name, parameters, &context)
        return store(object, at: index, insteadOf: old, bound, &context)
    }

    /// A Set that changes nothing succeeds with a warning.
    ///
    /// Section 2.4.
    mutating func store(
        _ object: DirectoryObject,
        at index: Int,
        insteadOf old: DirectoryObject,
        _ bound: BoundParameters?,
        _ context: inout CmdletContext
    ) -> CmdletResult {
        guard !object.isSame(as: old) else {
            let name = distinguishedName(of: old)
            return CmdletResult(warnings: [
                "The command completed successfully but no settings of '\(name)' have been modified."
            ])
        }
        var object = object
        object.touch(context.now)
        self[object.kind][index] = object
        if let bound, object.kind == .transportRule { place(object, bound) }
        var result = CmdletResult(changed: true)
        if object.kind == .inboundConnector {
            result.warnings = InboundRules.warnings(object, among: self[object.kind])
        }
        return result
    }

    /// Remove-InboundConnector, Remove-OutboundConnector, Remove-TransportRule: for good, there is no recycle bin.
    mutating func remove(
        _ kind: ObjectKind,
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(parameters, properties: [], others: ["Identity"])
        guard let identity = bound.identity, !identity.isEmpty else { throw .missingParameters(["Identity"]) }
        let index = try position(of: kind, identity)
        let object = self[kind][index]
        if kind == .outboundConnector { try OutboundRules.checkReferences(to: object, becoming: nil, in: self) }
        if bound.isWhatIf { return Self.whatIf("Removing \(kind.rawValue)", object.name) }
        self[kind].remove(at: index)
        if kind == .transportRule { renumber() }
        record("Remove-\(kind.rawValue)", object: object.name, parameters, &context)
        return CmdletResult(changed: true)
    }

    // MARK: Checks

    private func checkName(_ name: String, _ kind: ObjectKind, except guid: String?) throws(CmdletError) {
        guard !name.allSatisfy(\.isWhitespace) else { throw .validation("The name can't be empty.") }
        guard name.utf16.count <= 64 else { throw .tooLong(maximum: 64, count: name.utf16.count) }
        guard self[kind].contains(where: { $0.name.isSame(ignoringCase: name) && $0.guid != guid }) else { return }
        switch kind {  // I12, O12
        case .inboundConnector:
            throw .task(
                "ErrorInboundConnectorAlreadyExistsException",
                "The inbound connector '\(name)' already exists."
            )
        case .outboundConnector:
            throw .task(
                "ErrorOutboundConnectorAlreadyExistsException",
                "The outbound connector '\(name)' already exists."
            )
        case .transportRule:
            throw .task("RuleNameAlreadyExistsException", "A rule with the name '\(name)' already exists.")
        }
    }

    func check(_ object: DirectoryObject) throws(CmdletError) {
        switch object.kind {
        case .inboundConnector: try InboundRules.check(object, in: self)
        case .outboundConnector: try OutboundRules.check(object, in: self)
        case .transportRule: try TransportRuleRules.check(object, in: self)
        }
    }

    /// What the service sets by itself after the parameters.
    private func settle(_ object: inout DirectoryObject, _ bound: BoundParameters) {
        switch object.kind {
        case .inboundConnector: break
        case .outboundConnector:
            // The task clears the smart hosts when MX is turned on and none are given. Rule O2.
            if bound["UseMXRecord"] == .plain(.bool(true)), !bound.has("SmartHosts") {
                object.properties["SmartHosts"] = .array([])
            }
        case .transportRule: settleReference(&object)
        }
    }

    private func unusedGuid(_ random: inout Random) -> String {
        var guid = random.uuid()
        while ObjectKind.allCases.contains(where: { self[$0].contains { $0.guid == guid } }) { guid = random.uuid() }
        return guid
    }
}

extension DirectoryObject {
    /// Whether the directory would see a difference: lists by their items, null and "" alike.
    func isSame(as other: DirectoryObject) -> Bool {
        guard name == other.name, properties["State"] == other.properties["State"] else { return false }
        return kind.properties.allSatisfy { property in
            switch property.form {
            case .list: list(property.name) == other.list(property.name)
            case .text, .choice: text(property.name) == other.text(property.name)
            default: properties[property.name] == other.properties[property.name]
            }
        }
    }
}
