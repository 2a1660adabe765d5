import Connectors
import FoundationEssentials
import Planning

/// A tenant in memory, with other administrators, faults and readings that lag.
struct PretendTenant {
    private(set) var objects: [String: ObservedConnector] = [:]
    /// What the next writes meet.
    var faults: [Disturbance.WriteFault] = []
    var outage: (fault: Disturbance.ReadFault, until: Date)?
    /// Readings lag for so long after the next write.
    var lag: TimeInterval = 0
    private var shown: (objects: [String: ObservedConnector], until: Date)?
    private var nextID = 1
    /// The runs in which the service refused or ignored a write: only these may turn back by themselves.
    private(set) var failedRuns: Set<String> = []
    private(set) var requests = 0
    /// Changes with each write of anybody.
    private(set) var version = 0

    enum Answer {
        case observed(ObservedTenant)
        case failed(Disturbance.ReadFault)
    }

    func isStale(at now: Date) -> Bool { shown.map { now < $0.until } ?? false }

    /// How it really is.
    func truth(at now: Date) -> ObservedTenant {
        ObservedTenant(connectors: objects.values.sorted { $0.guid < $1.guid }, readAt: now)
    }

    mutating func read(at now: Date, requests count: Int) -> Answer {
        requests += count
        if let outage, now < outage.until { return .failed(outage.fault) }
        guard let shown, now < shown.until else { return .observed(truth(at: now)) }
        return .observed(ObservedTenant(connectors: shown.objects.values.sorted { $0.guid < $1.guid }, readAt: now))
    }

    mutating func send(_ write: Write, of run: String, at now: Date) -> EngineEvent {
        requests += 1
        if let outage, now < outage.until {
            let until = outage.fault == .throttled ? outage.until : nil
            return outage.fault == .timeout
                ? .ambiguous("no answer")
                : .postponed(
                    Postponement(
                        "\(outage.fault)",
                        cause: outage.fault == .noToken ? .permission : .passing,
                        until: until
                    )
                )
        }
        let fault = faults.isEmpty ? nil : faults.removeFirst()
        switch fault {
        case .postponed: return .postponed(Postponement("too many requests", until: now.addingTimeInterval(60)))
        case .lostBefore: return .ambiguous("the connection was cut")
        case .lostAfter:
            let answer = perform(write, of: run, at: now)
            if case .accepted = answer { return .ambiguous("the connection was cut") }
            return answer
        case .late:
            lag = max(lag, 25)
            return perform(write, of: run, at: now)
        case nil: return perform(write, of: run, at: now)
        }
    }

    private mutating func perform(_ write: Write, of run: String, at now: Date) -> EngineEvent {
        let former = objects
        let answer = carryOut(write, of: run)
        if case .accepted = answer, lag > 0 {
            shown = (isStale(at: now) ? shown?.objects ?? former : former, now.addingTimeInterval(lag))
            lag = 0
        }
        if case .refused = answer { failedRuns.insert(run) }
        return answer
    }

    private mutating func carryOut(_ write: Write, of run: String) -> EngineEvent {
        if write.settings["comment"] == "refused" { return .refused("a rule of the service") }
        var sent = write.settings
        if sent["comment"] == "ignored" {
            sent["comment"] = nil
            failedRuns.insert(run)
        }
        version += 1
        switch write.action {
        case .create:
            guard !isTaken(write.displayName, write.kind) else { return .refused("the name exists") }
            let guid = "made-\(nextID)"
            nextID += 1
            objects[guid] = ObservedConnector(
                kind: write.kind,
                guid: guid,
                displayName: write.displayName,
                settings: sent.overDefaults(of: write.kind)
            )
            return .accepted(guid: guid)
        case .update:
            guard let guid = write.guid, objects[guid] != nil else { return .refused("not found") }
            objects[guid]?.settings.merge(sent) { _, new in new }
            if let name = write.newDisplayName { objects[guid]?.displayName = name }
            return .accepted(guid: nil)
        case .delete:
            guard let guid = write.guid, objects[guid] != nil else { return .refused("not found") }
            objects[guid] = nil
            return .accepted(guid: nil)
        }
    }

    private func isTaken(_ name: String, _ kind: ConnectorKind) -> Bool {
        objects.values.contains { $0.kind == kind && $0.displayName.lowercased() == name.lowercased() }
    }

    /// What an administrator does by hand; the fields of the object that they wrote.
    mutating func edit(_ edit: Disturbance.Edit, number: Int) -> (guid: String, fields: [String: FieldValue])? {
        version += 1
        let outbound = objects.values.filter { $0.kind == .outboundConnector }.sorted { $0.guid < $1.guid }
        switch edit {
        case .insert:
            let guid = "foreign-\(number)"
            objects[guid] = ObservedConnector(
                kind: .inboundConnector,
                guid: guid,
                displayName: "Foreign \(number)",
                settings: Settings.foreign(number).overDefaults(of: .inboundConnector)
            )
            return nil
        case .delete:
            guard let victim = outbound.last else { return nil }
            objects[victim.guid] = nil
            return nil
        case .comment: return set(outbound.first, "comment", .text("by hand \(number)"))
        case .tightenTLS:
            return set(outbound.first, "tlsSettings", "DomainValidation", also: ["tlsDomain": "mx.p0.example"])
        case .back: return set(outbound.first, "comment", "v0")
        }
    }

    mutating func write(
        _ settings: Settings,
        to guid: String
    ) -> (guid: String, fields: [String: FieldValue])? {
        guard objects[guid] != nil else { return nil }
        version += 1
        objects[guid]?.settings.merge(settings) { _, new in new }
        return (guid, Dictionary(settings.map { ($0.key, $0.value) }) { first, _ in first })
    }

    private mutating func set(
        _ object: ObservedConnector?,
        _ field: String,
        _ value: FieldValue,
        also: Settings = [:]
    ) -> (guid: String, fields: [String: FieldValue])? {
        guard let object else { return nil }
        objects[object.guid]?.settings[field] = value
        for (name, value) in also { objects[object.guid]?.settings[name] = value }
        return (object.guid, [field: value])
    }
}

extension Settings {
    fileprivate static func foreign(_ number: Int) -> Settings {
        ["senderDomains": ["f\(number).example"], "requireTls": true, "senderIPAddresses": ["192.0.2.1"]]
    }
}
