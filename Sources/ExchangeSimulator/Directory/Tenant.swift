import FoundationEssentials

/// One organization: its directory, its applications, its audit log.
struct Tenant: Sendable {
    /// What a replica that lags still shows of one kind.
    ///
    /// Section 2.10.
    struct StaleView: Sendable {
        let objects: [DirectoryObject]
        /// Reads that are still answered from it; `nil` until released.
        var remaining: Int?
    }

    let tenantId: String
    /// The initial domain, `contoso.onmicrosoft.com`.
    let organization: String
    var acceptedDomains: [JSONObject]
    var applications: [Application]
    var organizationConfig: JSONObject
    var quirks = Quirks()
    /// What Validate-OutboundConnector reports, by connector name in lower case.
    var validations: [String: [JSON]] = [:]
    /// Seconds until a change can be found in the audit log.
    ///
    /// Section 8.4.
    var auditLatency = 0
    /// The subscription to the activity feed, and how far it is behind.
    ///
    /// Section 8.6.
    var activityFeed = ActivityFeed()
    /// Off, every search of the audit log is empty, as in a quiet tenant.
    ///
    /// Section 8.5.
    var isAuditingOn = true
    /// Inbound connectors that are restricted entities: rows with at least `ConnectorId`.
    ///
    /// Section 10: of the rows only ConnectorId is known.
    var blockedConnectors: [JSONObject] = []
    /// Messages, and what the message trace tells of them; nothing where the seed has no `mail`.
    ///
    /// Section 14.
    var mail: MailFlow?
    var audit: [AuditRecord] = []
    var auditSessions: [String: AuditSession] = [:]
    private(set) var objects: [ObjectKind: [DirectoryObject]] = [:]
    private var stale: [ObjectKind: StaleView] = [:]

    init(
        tenantId: String,
        organization: String,
        acceptedDomains: [JSONObject],
        applications: [Application],
        organizationConfig: JSONObject
    ) {
        self.tenantId = tenantId
        self.organization = organization
        self.acceptedDomains = acceptedDomains
        self.applications = applications
        self.organizationConfig = organizationConfig
    }

    /// In the order of creation, rules by priority.
    subscript(kind: ObjectKind) -> [DirectoryObject] {
        get { objects[kind] ?? [] }
        set { objects[kind] = newValue }
    }

    var domainNames: [String] { acceptedDomains.compactMap { $0["DomainName"]?.string } }

    /// Whether a path or a request names this tenant: by GUID or by a verified domain.
    ///
    /// Section 1.1.
    func isCalled(_ name: String) -> Bool { names.contains { $0.isSame(ignoringCase: name) } }

    var names: [String] { [tenantId, organization] + domainNames }

    /// The directory's partition; a tenant keeps to one.
    ///
    /// Form of section 11.1, the name is invented.
    static let partition = "EURPR01A001"

    func distinguishedName(of object: DirectoryObject) -> String {
        let container = object.kind == .transportRule ? "CN=TransportVersioned,CN=Rules," : ""
        return "CN=\(object.name),\(container)CN=Transport Settings,CN=Configuration,CN=\(organization),"
            + "CN=ConfigurationUnits,DC=\(Self.partition),DC=PROD,DC=OUTLOOK,DC=COM"
    }

    // MARK: Replicas

    /// What the replica that is asked shows; each call counts as one read.
    mutating func read(_ kind: ObjectKind) -> [DirectoryObject] {
        guard let view = stale[kind] else { return self[kind] }
        if let remaining = view.remaining {
            if remaining <= 1 { stale[kind] = nil } else { stale[kind]?.remaining = remaining - 1 }
        }
        return view.objects
    }

    /// Lets reads lag behind a write: they show `objects`, or what they lag at already, for `reads` more times.
    mutating func lag(_ kind: ObjectKind, at objects: [DirectoryObject], reads: Int?) {
        guard reads != 0 else { return }
        stale[kind] = StaleView(objects: stale[kind]?.objects ?? objects, remaining: reads)
    }

    mutating func catchUp() { stale = [:] }
}
