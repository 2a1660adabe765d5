import FoundationEssentials

extension Tenant {
    private static let members = [
        "tenantId", "organization", "acceptedDomains", "applications", "inboundConnectors", "outboundConnectors",
        "transportRules", "organizationConfig", "auditRecords", "auditLatency", "quirks", "validations",
        "auditingOn", "blockedConnectors", "mail", "activityFeed",
    ]

    /// What may be set in a tenant that runs, in the form of the seed.
    static let settableMembers = [
        "auditLatency", "auditingOn", "blockedConnectors", "organizationConfig", "mail", "activityFeed",
    ]

    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(Self.members)
        let organization = try node.needed("organization").string()
        var domains: [JSONObject] = []
        for domain in try node["acceptedDomains"]?.items() ?? [] {
            domains.append(try Self.acceptedDomain(domain))
        }
        // Every tenant has its initial domain, which is the default one until another is.
        if !domains.contains(where: { $0["DomainName"]?.string?.isSame(ignoringCase: organization) ?? false }) {
            domains.append(
                JSONObject([
                    "DomainName": .string(organization), "InitialDomain": .bool(true),
                    "Default": .bool(domains.isEmpty),
                ])
            )
        }
        var applications: [Application] = []
        for application in try node["applications"]?.items() ?? [] {
            applications.append(try Application(application))
        }
        self.init(
            tenantId: try node.needed("tenantId").string().asciiLowercased,
            organization: organization,
            acceptedDomains: domains,
            applications: applications,
            organizationConfig: try node["organizationConfig"]?.object() ?? JSONObject()
        )
        if let quirks = node["quirks"] { self.quirks = try Quirks(quirks) }
        try set(node)
        for record in try node["auditRecords"]?.items() ?? [] { audit.append(try Self.auditRecord(record)) }
        for member in try node["validations"]?.object().members ?? [] {
            validations[member.name.asciiLowercased] = member.value.array ?? []
        }
        for kind in ObjectKind.allCases {
            for (index, object) in (try node[kind.seedName]?.items() ?? []).enumerated() {
                self[kind].append(try Self.object(kind, object, index: index, organization: organization))
            }
        }
        self[.transportRule].sort { ($0.properties["Priority"]?.int ?? 0) < ($1.properties["Priority"]?.int ?? 0) }
    }

    /// Takes those members that the document has; the others stay.
    mutating func set(_ node: DocumentNode) throws(SimulatorError) {
        if let latency = node["auditLatency"] {
            auditLatency = try latency.int()
            guard (0...90 * 86_400).contains(auditLatency) else {
                throw latency.wrong("seconds up to 90 days are expected")
            }
        }
        if let feed = node["activityFeed"] { try activityFeed.set(feed) }
        if let isOn = node["auditingOn"] { isAuditingOn = try isOn.bool() }
        if let blocked = node["blockedConnectors"] {
            var rows: [JSONObject] = []
            for item in try blocked.items() { rows.append(try Self.blockedConnector(item)) }
            blockedConnectors = rows
        }
        if let members = try node["organizationConfig"]?.object() {
            for member in members.members { organizationConfig[member.name] = member.value }
        }
        if let mail = node["mail"] {
            if self.mail == nil { self.mail = MailFlow(try MailSettings(mail)) } else { try self.mail?.update(mail) }
        }
    }

    /// A GUID alone, or a whole row.
    ///
    /// All members but ConnectorId are invented.
    private static func blockedConnector(_ node: DocumentNode) throws(SimulatorError) -> JSONObject {
        if let id = node.value.string {
            return JSONObject(["ConnectorId": .string(id), "Reason": .string("OutboundSpamLast24Hours=1200")])
        }
        _ = try node.needed("ConnectorId").string()
        return try node.object()
    }

    private static func acceptedDomain(_ node: DocumentNode) throws(SimulatorError) -> JSONObject {
        _ = try node.needed("DomainName").string()
        return try node.object()
    }

    private static func auditRecord(_ node: DocumentNode) throws(SimulatorError) -> AuditRecord {
        let created = try node.needed("CreationTime")
        guard let time = Timestamp.date(try created.string()) else { throw created.wrong("a time is expected") }
        return AuditRecord(data: try node.object(), time: time)
    }

    /// What follows from the name, the GUID or the tenant, and is made again for each row.
    static let derivedMembers: Set<String> = [
        "Identity", "Id", "DistinguishedName", "ExchangeObjectId", "ObjectCategory", "ObjectClass", "ExchangeVersion",
        "ObjectState", "OrganizationId", "OrganizationalUnitRoot", "OrganizationalUnitRootInternal",
        "OriginatingServer", "NameHashGuid", "IsValid", "WhenChanged", "WhenCreated", "Conditions", "Actions",
        "Exceptions",
    ]

    /// A seed's object with the defaults of its kind for what it leaves out; no rule is asked, as tenants hold old objects.
    private static func object(
        _ kind: ObjectKind,
        _ node: DocumentNode,
        index: Int,
        organization: String
    ) throws(SimulatorError) -> DirectoryObject {
        let name = try node.needed("Name").string()
        var properties = JSONObject(
            try node.object().members.filter { !$0.name.contains("@") && !derivedMembers.contains($0.name) }
        )
        if properties["Guid"] == nil {
            var random = Random("\(organization)/\(kind)/\(index)/\(name)".utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
            properties["Guid"] = .string(random.uuid())
        }
        for property in kind.properties where property.name != "Enabled" || kind != .transportRule {
            if properties[property.name] == nil { properties[property.name] = property.initial }
        }
        if kind == .transportRule {
            if properties["State"] == nil {
                properties["State"] = .string(properties["Enabled"]?.bool == false ? "Disabled" : "Enabled")
            }
            properties["Enabled"] = nil
            properties["Priority"] = .number(properties["Priority"]?.int ?? index)
        }
        for stamp in ["WhenCreatedUTC", "WhenChangedUTC"] where properties[stamp] == nil {
            properties[stamp] = .string("2026-11-01T07:00:00.0000000Z")
        }
        return DirectoryObject(kind: kind, properties: properties)
    }

    var seed: JSONObject {
        var result = JSONObject([
            "tenantId": .string(tenantId),
            "organization": .string(organization),
            "acceptedDomains": .array(acceptedDomains.map(JSON.object)),
            "applications": .array(applications.map { .object($0.seed) }),
        ])
        for kind in ObjectKind.allCases { result[kind.seedName] = .array(self[kind].map { .object($0.properties) }) }
        result["auditRecords"] = .array(audit.map { .object($0.data) })
        if !isAuditingOn { result["auditingOn"] = .bool(false) }
        if activityFeed != ActivityFeed() { result["activityFeed"] = activityFeed.seed }
        if !blockedConnectors.isEmpty { result["blockedConnectors"] = .array(blockedConnectors.map(JSON.object)) }
        if let mail { result["mail"] = .object(mail.settings.document) }
        if auditLatency != 0 { result["auditLatency"] = .number(auditLatency) }
        if !organizationConfig.members.isEmpty { result["organizationConfig"] = .object(organizationConfig) }
        if !quirks.seed.members.isEmpty { result["quirks"] = .object(quirks.seed) }
        if !validations.isEmpty {
            result["validations"] = .object(
                JSONObject(
                    validations.sorted { $0.key < $1.key }.map {
                        JSONObject.Member(name: $0.key, value: .array($0.value))
                    }
                )
            )
        }
        return result
    }
}
