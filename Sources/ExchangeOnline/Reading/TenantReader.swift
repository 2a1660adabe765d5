package import Connectors
import FoundationEssentials
import Logging

/// Reads a tenant; it has no function that writes.
package struct TenantReader: Sendable {
    let connection: TenantConnection

    package init(_ connection: TenantConnection) { self.connection = connection }

    /// Everything that a plan needs, or why it is unknown: one list that failed makes the whole unknown.
    ///
    /// Lists are read whole and never one object by its identity, which some cmdlets answer with all objects.
    ///
    /// - Parameter rules: GUIDs and names, in any case, of transport rules to report even where they no longer lead mail
    ///   into a connector or demand TLS; all other rules of the tenant are none of ours.
    package func read(rules: Set<String>) async -> Reading<ObservedTenant> {
        let start = connection.timing.now()
        async let inbound = connectors(.inboundConnector, [.unlimited("Get-InboundConnector")])
        async let outbound = connectors(.outboundConnector, Self.outboundReads)
        async let transportRules = connectors(.transportRule, [.unlimited("Get-TransportRule")])
        async let domains = acceptedDomains()
        do throws(ExchangeError) {
            let wanted = Set(rules.map { $0.lowercased() })
            let (into, intoWarnings) = try await inbound.get()
            let (out, outWarnings) = try await outbound.get()
            let (all, ruleWarnings) = try await transportRules.get()
            let (accepted, domainWarnings) = try await domains.get()
            let concerned = all.filter { rule in
                rule.concernsMailFlow || wanted.contains(rule.guid) || wanted.contains(rule.displayName.lowercased())
            }
            return .known(
                ObservedTenant(
                    connectors: (into + out + concerned).sorted(by: Self.isBefore),
                    acceptedDomains: accepted,
                    readAt: start,
                    warnings: Self.unique(intoWarnings + outWarnings + ruleWarnings + domainWarnings)
                )
            )
        } catch {
            connection.logger.debug("the tenant's state is unknown", metadata: ["reason": "\(error.id)"])
            return .unknown(error)
        }
    }

    /// One of the two hides connectors in test mode; whether the other shows those alone or all is told both ways.
    private static let outboundReads: [Command] = [
        .unlimited("Get-OutboundConnector"),
        .unlimited("Get-OutboundConnector", [("IncludeTestModeConnectors", true)]),
    ]

    private func connectors(
        _ kind: ConnectorKind,
        _ commands: [Command]
    ) async -> Reading<([ObservedConnector], warnings: [String])> {
        let readings = await withTaskGroup(of: (Int, Reading<TenantConnection.Rows>).self) { group in
            for (index, command) in commands.enumerated() {
                group.addTask { (index, await connection.read(command)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        do throws(ExchangeError) {
            var found: [String: ObservedConnector] = [:]
            var warnings: [String] = []
            for (index, command) in commands.enumerated() {
                guard let list = try readings[index]?.get() else { continue }
                warnings += list.warnings
                var seen: Set<String> = []
                for row in list.rows {
                    let reader = try RowReader(row, of: command.cmdlet)
                    let observed = try reader.observed(kind)
                    guard seen.insert(observed.guid).inserted else { throw reader.problem("its Guid occurs twice") }
                    found[observed.guid] = found[observed.guid].map { Self.newer($0, observed) } ?? observed
                }
            }
            return .known((Array(found.values), warnings))
        } catch {
            return .unknown(error)
        }
    }

    private func acceptedDomains() async -> Reading<([String], warnings: [String])> {
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
            return (domains.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, list.warnings)
        }
    }

    /// Of two rows for one connector the one that was changed last, as somebody may have changed it between the reads.
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

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
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
