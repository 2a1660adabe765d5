extension Tenant {
    /// Get-InboundConnector, Get-OutboundConnector, Get-TransportRule.
    mutating func get(
        _ kind: ObjectKind,
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        var names = ["Identity", "ResultSize"]
        switch kind {
        case .inboundConnector: break
        case .outboundConnector: names += ["IncludeTestModeConnectors", "IsTransportRuleScoped"]
        case .transportRule: names += ["State", "Filter"]
        }
        let bound = try BoundParameters(parameters, properties: [], others: names)
        let size = try Self.resultSize(bound)
        var found = read(kind)
        if let identity = bound.identity {
            found = try one(of: found, identity)
        } else if kind == .outboundConnector {
            found = filtered(found, bound)
        } else if let state = bound.others["State"]?.string {
            found = found.filter { $0.properties["State"]?.string?.isSame(ignoringCase: state) ?? false }
        }
        var result = CmdletResult()
        if let size, found.count > size {
            found = Array(found.prefix(size))
            result.warnings.append(
                "There are more results available than are currently displayed. To view them, increase the value for the "
                    + "ResultSize parameter."
            )
        }
        result.rows = found.map { row(of: $0, &context.random) }
        return result
    }

    /// An identity that is null, and perhaps one that does not exist, returns every object.
    ///
    /// Section 0, rule 2.
    private func one(of objects: [DirectoryObject], _ identity: String) throws(CmdletError) -> [DirectoryObject] {
        let found = objects.filter { $0.answers(to: identity, in: self) }
        if found.isEmpty {
            guard quirks.unknownIdentityReturnsAll else { throw .notFound(identity, server: server) }
            return objects
        }
        return found
    }

    /// Connectors in test mode are hidden unless asked for; then they come alone, or with the rest.
    ///
    /// Section 4.5.
    private func filtered(_ objects: [DirectoryObject], _ bound: BoundParameters) -> [DirectoryObject] {
        let wantsTestMode = bound.others["IncludeTestModeConnectors"]?.bool ?? false
        return objects.filter { connector in
            if let isScoped = bound.others["IsTransportRuleScoped"]?.bool,
                connector.flag("IsTransportRuleScoped") != isScoped
            {
                return false
            }
            if wantsTestMode && quirks.includeTestModeReturnsAll { return true }
            return connector.flag("TestMode") == wantsTestMode
        }
    }

    /// 1000 unless asked otherwise; `nil` is Unlimited.
    ///
    /// Section 2.5.
    private static func resultSize(_ bound: BoundParameters) throws(CmdletError) -> Int? {
        switch bound.others["ResultSize"] {
        case nil: return 1000
        case .string(let text)? where text.isSame(ignoringCase: "Unlimited"): return nil
        case let value?:
            guard let size = value.int ?? value.string.flatMap({ Int($0) }), size > 0 else {
                throw .transformation(
                    "ResultSize",
                    value: value.string ?? value.text,
                    type: "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]",
                    "Input string was not in a correct format."
                )
            }
            return size
        }
    }

    // MARK: Supporting reads, section 6.1

    mutating func getAcceptedDomain(
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(parameters, properties: [], others: ["Identity", "ResultSize"])
        var rows = acceptedDomains
        if let identity = bound.identity {
            rows = rows.filter { $0["DomainName"]?.string?.isSame(ignoringCase: identity) ?? false }
            if rows.isEmpty { throw .notFound(identity, server: server) }
        }
        return CmdletResult(rows: rows.map { acceptedDomainRow($0, &context.random) })
    }

    private func acceptedDomainRow(_ domain: JSONObject, _ random: inout Random) -> JSONObject {
        let name = domain["DomainName"] ?? .null
        var row = JSONObject([
            "DomainName": name, "DomainType": .string("Authoritative"), "Default": .bool(false),
            "InitialDomain": .bool(false), "MatchSubDomains": .bool(false), "SendingFromDomainDisabled": .bool(false),
            "SendingToDomainDisabled": .bool(false), "SmtpDaneStatus": .string("Disabled"),
            "CatchAllRecipientID": .null, "OutboundOnly": .bool(false), "AddressBookEnabled": .bool(true),
            "AuthenticationType": .string("Managed"), "Name": name, "Identity": name, "Id": name,
            "IsValid": .bool(true), "ObjectState": .string("Unchanged"),
        ])
        for member in domain.members { row[member.name] = member.value }
        return row
    }

    func getOrganizationConfig(_ parameters: JSONObject) throws(CmdletError) -> CmdletResult {
        _ = try BoundParameters(parameters, properties: [], others: [])
        var row = JSONObject([
            "Name": .string(organization), "Identity": .string(organization), "Id": .string(organization),
            "Guid@data.type": .string("System.Guid"), "Guid": .string(tenantId), "DisplayName": .string(organization),
            "IsDehydrated": .bool(false), "IsMixedMode": .bool(false), "PublicFoldersEnabled": .string("Local"),
            "AutoExpandingArchiveEnabled": .null, "RejectDirectSend": .bool(false), "IsValid": .bool(true),
            "ObjectState": .string("Unchanged"),
        ])
        for member in organizationConfig.members { row[member.name] = member.value }
        return CmdletResult(rows: [row])
    }
}
