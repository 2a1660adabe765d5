package import Connectors
package import FoundationEssentials
package import Planning

/// The watches that a finished run calls for: one for each connector that it changed.
package struct WatchStart {
    /// Service time of the answer that confirmed the last write, by object; for the others `appliedAt` holds.
    package var confirmedAt: [ConnectorKey: Date] = [:]
    package var appliedAt: Date
    package var policy: WatchPolicy
    package var constants = WatchConstants()
    /// Makes the id of a watch.
    package var newID: () -> String
    /// Makes 32 random bytes.
    package var newKey: () -> [UInt8]

    package init(
        appliedAt: Date,
        confirmedAt: [ConnectorKey: Date] = [:],
        policy: WatchPolicy,
        constants: WatchConstants = WatchConstants(),
        newID: @escaping () -> String,
        newKey: @escaping () -> [UInt8]
    ) {
        self.appliedAt = appliedAt
        self.confirmedAt = confirmedAt
        self.policy = policy
        self.constants = constants
        self.newID = newID
        self.newKey = newKey
    }

    /// The watches of a run that ended *applied*; none for any other end, or for a run that took something back.
    ///
    /// A rule belongs to the watch of the connector that it leads to, or led to; a connector is watched for its rules alone
    /// too. An inbound connector is watched where it refuses mail and the run changed what it refuses.
    ///
    /// - Parameters:
    ///   - journal: The run's finished journal.
    ///   - tenant: A reading made after the run.
    package func watches(of journal: Journal, in tenant: ObservedTenant) -> [Watch] {
        guard journal.result == .applied else { return [] }
        let objects = Self.objects(of: journal)
        let rules = objects.filter { $0.key.kind == .transportRule }
        var outbound = objects.filter { $0.key.kind == .outboundConnector }
        let changed = outbound.count
        // A rule of the run may lead to a connector that the run left as it was.
        let known = Set(outbound.map(\.guid))
        for connector in tenant.connectors where connector.kind == .outboundConnector && !known.contains(connector.guid)
        {
            guard rules.contains(where: { Self.leads($0, to: connector.displayName, connector.guid) }) else { continue }
            outbound.append(Self.unchanged(connector))
        }
        let changes =
            outbound.map { connector in
                let names = [connector.displayName, connector.formerName].compactMap { $0 }
                let own = rules.filter { rule in names.contains { Self.leads(rule, to: $0, connector.guid) } }
                return WatchedChange(connector: connector, rules: own)
            }
            + objects.filter { $0.key.kind == .inboundConnector && Self.isWatchedInbound($0) }
            .map { WatchedChange(connector: $0) }
        return changes.map { change in
            let dates = ([change.connector] + change.rules).compactMap { confirmedAt[$0.key] }
            return Watch(
                id: newID(),
                tenant: journal.tenant,
                run: journal.run,
                revision: journal.revision,
                change: change,
                policy: policy,
                constants: constants,
                connectors: max(1, changed),
                appliedAt: dates.max() ?? appliedAt,
                key: WatchKey(newKey())
            )
        }
    }

    /// Each object that the run wrote, as it was before the first write and after the last.
    private static func objects(of journal: Journal) -> [WatchedChange.Object] {
        var order: [ConnectorKey] = []
        var steps: [ConnectorKey: [Journal.Step]] = [:]
        for step in journal.steps where step.state == .confirmed {
            let key = ConnectorKey(kind: step.write.kind, name: step.write.name)
            if steps[key] == nil { order.append(key) }
            steps[key, default: []].append(step)
        }
        return order.compactMap { key in
            guard let steps = steps[key], let first = steps.first, let last = steps.last else { return nil }
            let after = last.write.action == .delete ? nil : last.after
            guard let guid = after?.guid ?? first.before?.guid ?? last.guid else { return nil }
            var object = WatchedChange.Object(
                key: key,
                guid: guid,
                displayName: after?.displayName ?? first.before?.displayName ?? first.write.displayName,
                before: first.before?.settings,
                after: after?.settings
            )
            let former = first.before?.displayName
            object.formerName = former == object.displayName ? nil : former
            object.hasOtherParts = [first.before, after].contains { $0?.unmanagedParts.isEmpty == false }
            return object
        }
    }

    private static func unchanged(_ connector: ObservedConnector) -> WatchedChange.Object {
        WatchedChange.Object(
            key: ConnectorKey(kind: connector.kind, name: connector.displayName),
            guid: connector.guid,
            displayName: connector.displayName,
            before: connector.settings,
            after: connector.settings
        )
    }

    private static func leads(_ rule: WatchedChange.Object, to name: String, _ guid: String) -> Bool {
        let targets = [rule.before, rule.after].compactMap {
            $0?["routeMessageOutboundConnector"]?.strings.first?.trimmingSpaces().lowercased()
        }
        return targets.contains(name.lowercased()) || targets.contains(guid.lowercased())
    }

    private static func isWatchedInbound(_ object: WatchedChange.Object) -> Bool {
        guard let after = object.after, after["connectorType"] == "Partner", after["enabled"] == true,
            after["restrictDomainsToCertificate"] == true || after["restrictDomainsToIPAddresses"] == true
        else { return false }
        let fields: Set = [
            "senderDomains", "tlsSenderCertificateName", "restrictDomainsToCertificate", "restrictDomainsToIPAddresses",
            "senderIPAddresses", "requireTls", "enabled",
        ]
        return !object.changedFields.isDisjoint(with: fields)
    }
}
