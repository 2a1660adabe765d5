package import Connectors
import FoundationEssentials
import JSON
import Logging

/// Reads a tenant; it has no function that writes.
package struct TenantReader: Sendable {
    let connection: TenantConnection

    package init(_ connection: TenantConnection) { self.connection = connection }

    /// How long the reading of one tenant may take in all.
    package static let deadline = Duration.seconds(90)

    /// Everything that a plan needs, or why it is unknown: one list that failed makes the whole unknown, and the other
    /// reads are given up at once.
    ///
    /// Lists are read whole and never one object by its identity, which some cmdlets answer with all objects.
    ///
    /// - Parameters:
    ///   - rules: GUIDs and names, in any case, of transport rules to report even where they no longer lead mail into a
    ///     connector or demand TLS; all other rules of the tenant do not concern us.
    ///   - deadline: For all of it, retries included, by a real clock: a tenant that does not answer ends here.
    package func read(
        rules: Set<String>,
        deadline: Duration = TenantReader.deadline
    ) async -> Reading<ObservedTenant> {
        let start = connection.timing.now()
        let trouble = connection.tokens.trouble
        trouble.forget()
        let reading = await withTaskGroup(of: Part.self) { group -> Reading<[Part]> in
            group.addTask { .objects(.inboundConnector, await connectors(.inboundConnector, Self.inboundReads)) }
            group.addTask { .objects(.outboundConnector, await connectors(.outboundConnector, Self.outboundReads)) }
            group.addTask { .objects(.transportRule, await connectors(.transportRule, Self.ruleReads)) }
            group.addTask { .domains(await acceptedDomains()) }
            group.addTask {
                do {
                    try await ContinuousClock().sleep(for: deadline)
                    return .late
                } catch {
                    return .cancelled
                }
            }
            var parts: [Part] = []
            while let part = await group.next() {
                if let error = part.error(deadline, trouble.message) {
                    group.cancelAll()
                    return .unknown(error)
                }
                parts.append(part)
                if parts.count == 4 { group.cancelAll(); break }
            }
            return .known(parts)
        }
        switch reading {
        case .known(let parts): return assembled(parts, rules: rules, at: start)
        case .unknown(let error):
            connection.logger.debug("the tenant's state is unknown", metadata: ["reason": "\(error.id)"])
            return .unknown(error)
        }
    }

    /// What one of the reads came to.
    private enum Part: Sendable {
        case objects(ConnectorKind, Reading<ObjectList>)
        case domains(Reading<([String], warnings: [String])>)
        case late
        case cancelled

        func error(_ deadline: Duration, _ trouble: String?) -> ExchangeError? {
            switch self {
            case .objects(_, .unknown(let error)), .domains(.unknown(let error)): error
            case .objects, .domains: nil
            case .cancelled: .cancelled()
            case .late: TenantReader.late(deadline, trouble)
            }
        }
    }

    private func assembled(_ parts: [Part], rules: Set<String>, at start: Date) -> Reading<ObservedTenant> {
        let wanted = Set(rules.map { $0.lowercased() })
        var connectors: [ObservedConnector] = []
        var domains: [String] = []
        var warnings: [String] = []
        for part in parts {
            switch part {
            case .objects(.transportRule, .known(let list)):
                connectors += list.objects.filter { rule in
                    rule.concernsMailFlow || wanted.contains(rule.guid)
                        || wanted.contains(rule.displayName.lowercased())
                }
                warnings += list.warnings
            case .objects(_, .known(let list)):
                connectors += list.objects
                warnings += list.warnings
            case .domains(.known((let names, let more))):
                domains = names
                warnings += more
            case .objects(_, .unknown(let error)), .domains(.unknown(let error)): return .unknown(error)
            case .late, .cancelled: return .unknown(.cancelled())
            }
        }
        return .known(
            ObservedTenant(
                connectors: connectors.sorted(by: Self.isBefore),
                acceptedDomains: domains,
                readAt: start,
                warnings: Warnings(warnings.sorted()).texts
            )
        )
    }

    static let inboundReads: [Command] = [.unlimited("Get-InboundConnector")]
    private static let ruleReads: [Command] = [.unlimited("Get-TransportRule")]

    /// One of the two hides connectors in test mode; whether the other shows those alone or all is told both ways.
    static let outboundReads: [Command] = [
        .unlimited("Get-OutboundConnector"),
        .unlimited("Get-OutboundConnector", [("IncludeTestModeConnectors", true)]),
    ]

    /// Every object of a kind, with the warnings that came along.
    struct ObjectList: Sendable {
        var objects: [ObservedConnector]
        var warnings: [String] = []
        /// By the service's own clock; nothing where it does not tell.
        var serviceTime: Date?
    }

    func connectors(_ kind: ConnectorKind, _ commands: [Command]) async -> Reading<ObjectList> {
        let readings = await withTaskGroup(of: (Int, Reading<TenantConnection.Rows>).self) { group in
            for (index, command) in commands.enumerated() {
                group.addTask { (index, await connection.read(command)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        do throws(ExchangeError) {
            var found: [String: ObservedConnector] = [:]
            var warnings: [String] = []
            var serviceTime: Date?
            for (index, command) in commands.enumerated() {
                guard let list = try readings[index]?.get() else { continue }
                warnings += list.warnings
                serviceTime = serviceTime ?? list.serviceTime
                var seen: [String: JSONValue] = [:]
                for row in list.rows {
                    let reader = try RowReader(row, of: command.cmdlet)
                    let observed = try reader.observed(kind)
                    if let twin = seen.updateValue(row, forKey: observed.guid) {
                        guard twin == row else { throw reader.problem("its Guid occurs twice, with different values") }
                        warnings.append("\(command.cmdlet) lists \(observed.displayName.escapingControls) twice")
                        continue
                    }
                    found[observed.guid] = found[observed.guid].map { Self.newer($0, observed) } ?? observed
                }
            }
            return .known(ObjectList(objects: Array(found.values), warnings: warnings, serviceTime: serviceTime))
        } catch {
            return .unknown(error)
        }
    }

    /// The accepted domains, sorted.
    ///
    /// The configured organization must be among them: Exchange routes our calls by the tenant's GUID, so that a name of
    /// another tenant, or of none, would be noticed nowhere else.
    func acceptedDomains() async -> Reading<([String], warnings: [String])> {
        let command = Command.read("Get-AcceptedDomain")
        return await connection.read(command).map { (list) throws(ExchangeError) in
            var domains: Set<String> = []
            for row in list.rows {
                let reader = try RowReader(row, of: command.cmdlet)
                guard let name = try reader.text("DomainName"), !name.isEmpty else {
                    throw reader.problem("it has no member DomainName")
                }
                domains.insert(DomainName(name)?.description ?? name.asciiLowercased)
            }
            let organization = connection.organization
            guard domains.contains(DomainName(organization)?.description ?? organization.asciiLowercased) else {
                throw Self.unknown(organization, of: list.rows)
            }
            return (domains.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, list.warnings)
        }
    }

    private static func unknown(_ organization: String, of rows: [JSONValue]) -> ExchangeError {
        let initial = rows.first { $0["InitialDomain"]?.flag == true }?["DomainName"]?.text
        let own = initial.map { "; its initial domain is \(Redaction.text($0))" } ?? ""
        return ExchangeError(
            .organizationUnknown,
            "The tenant does not have the domain \(organization) that the configuration names as its organization\(own).",
            remedy: "Correct `organization`, or `tenantId` if that is another tenant's.",
            cmdlet: "Get-AcceptedDomain"
        )
    }

    /// Of two rows for one connector the one that was changed last, as it may have changed between the reads.
    private static func newer(_ one: ObservedConnector, _ other: ObservedConnector) -> ObservedConnector {
        (other.whenChanged ?? .distantPast) > (one.whenChanged ?? .distantPast) ? other : one
    }

    private static func isBefore(_ one: ObservedConnector, _ other: ObservedConnector) -> Bool {
        if one.kind != other.kind { return one.kind < other.kind }
        if one.displayName != other.displayName {
            return one.displayName.utf8.lexicographicallyPrecedes(other.displayName.utf8)
        }
        return one.guid < other.guid
    }
}

extension Command {
    /// Without a size, lists end at a thousand rows.
    fileprivate static func unlimited(_ cmdlet: String, _ parameters: [(String, JSONValue)] = []) -> Command {
        .read(cmdlet, [("ResultSize", "Unlimited")] + parameters)
    }
}

extension ObservedConnector {
    /// Whether a rule leads mail into a connector or demands TLS.
    fileprivate var concernsMailFlow: Bool {
        settings["routeMessageOutboundConnector"]?.strings.contains { !$0.isEmpty } == true
            || settings["routeMessageOutboundRequireTls"] == .boolean(true)
    }
}
