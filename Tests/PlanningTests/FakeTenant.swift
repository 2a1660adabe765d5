import Connectors
import FoundationEssentials
import Planning
import Testing

/// A tenant in memory that behaves as the service does, with faults on demand.
struct FakeTenant {
    /// What happens to one write.
    enum Fault: String, CaseIterable, Sendable {
        /// Refused, without effect.
        case refused
        /// Refused for a reason that may pass, without effect.
        case postponed
        /// The answer is lost, after the write took effect.
        case lostAfter
        /// The answer is lost, and the write with it.
        case lostBefore
        /// Accepted, and nothing done.
        case ignored
        /// Accepted, and shown only after a while.
        case late
    }

    private(set) var objects: [String: ObservedConnector] = [:]
    private(set) var writes: [Write] = []
    /// By the number of the write, from 0.
    var faults: [Int: Fault] = [:]
    /// Takes an empty list only in its other form, and ignores an empty array.
    var ignoresEmptyArrays = false
    /// Readings that still show what was there before the last write.
    private var staleReadings = 0
    private var stale: [String: ObservedConnector] = [:]
    private var nextID = 1

    init(_ objects: [ObservedConnector]) { for object in objects { self.objects[object.guid] = object } }

    var reading: ObservedTenant { Self.tenant(objects) }

    mutating func read() -> EngineEvent {
        guard staleReadings > 0 else { return .observed(reading) }
        staleReadings -= 1
        return .observed(Self.tenant(stale))
    }

    private static func tenant(_ objects: [String: ObservedConnector]) -> ObservedTenant {
        ObservedTenant(connectors: objects.values.sorted { $0.guid < $1.guid }, readAt: now)
    }

    /// Another administrator's edit.
    mutating func edit(_ name: String, _ settings: Settings) {
        for (guid, object) in objects where object.displayName == name {
            objects[guid]?.settings = object.settings.merging(settings) { _, new in new }
        }
    }

    mutating func remove(_ name: String) { objects = objects.filter { $0.value.displayName != name } }

    mutating func insert(_ object: ObservedConnector) { objects[object.guid] = object }

    mutating func send(_ write: Write) -> EngineEvent {
        let fault = faults[writes.count]
        writes.append(write)
        switch fault {
        case .refused: return .refused("a rule of the service")
        case .postponed: return .postponed(Postponement("too many requests", until: now))
        case .lostBefore: return .ambiguous("the connection was cut")
        case .ignored: return .accepted(guid: write.action == .create ? "guid-of-nothing" : nil)
        case .late:
            stale = objects
            staleReadings = 3
            return perform(write)
        case .lostAfter:
            let answer = perform(write)
            if case .accepted = answer { return .ambiguous("the connection was cut") }
            return answer
        case nil: return perform(write)
        }
    }

    private mutating func perform(_ write: Write) -> EngineEvent {
        switch write.action {
        case .create:
            guard !isTaken(write.displayName, write.kind, by: nil) else { return .refused("the name exists") }
            let guid = "new-\(nextID)"
            nextID += 1
            let settings = write.settings.overDefaults(of: write.kind)
            let object = ObservedConnector(
                kind: write.kind,
                guid: guid,
                displayName: write.displayName,
                settings: settings
            )
            if let problem = problem(with: object, sent: write.settings, isNew: true) { return .refused(problem) }
            objects[guid] = object
            return .accepted(guid: guid.uppercased())
        case .update:
            guard let guid = write.guid, var object = objects[guid] else { return .refused("not found") }
            let former = object
            if let name = write.newDisplayName {
                guard !isTaken(name, write.kind, by: guid) else { return .refused("the name exists") }
                object.displayName = name
            }
            let isTaken = !ignoresEmptyArrays || write.clearedList == .taggedTable
            object.settings.merge(write.settings) { old, new in new == .list([]) && !isTaken ? old : new }
            if object.settings["useMXRecord"] == true { object.settings["smartHosts"] = [] }
            if let problem = problem(with: object, sent: write.settings, isNew: false) { return .refused(problem) }
            let isOut =
                object.displayName != former.displayName || object.settings["enabled"] == false
                || object.settings["isTransportRuleScoped"] != former.settings["isTransportRuleScoped"]
            if isOut && isReferenced(former) && object != former { return .refused("a rule still references it") }
            objects[guid] = object
            return .accepted(guid: nil)
        case .delete:
            guard let guid = write.guid, let object = objects[guid] else { return .refused("not found") }
            if isReferenced(object) { return .refused("a rule still references it") }
            objects[guid] = nil
            return .accepted(guid: nil)
        }
    }

    private func isTaken(_ name: String, _ kind: ConnectorKind, by guid: String?) -> Bool {
        objects.values.contains {
            $0.kind == kind && $0.guid != guid && $0.displayName.lowercased() == name.lowercased()
        }
    }

    private func isReferenced(_ object: ObservedConnector) -> Bool {
        object.kind == .outboundConnector
            && objects.values.contains {
                $0.kind == .transportRule
                    && $0.settings["routeMessageOutboundConnector"]?.strings.first?.lowercased()
                        == object.displayName.lowercased()
            }
    }

    private func problem(with object: ObservedConnector, sent: Settings, isNew: Bool) -> String? {
        if isNew, let field = object.kind.fields.first(where: { !$0.isSettableOnCreate && sent[$0.name] != nil }) {
            return "\(field.name) is no parameter of New-"
        }
        if case .text(let target)? = object.settings["routeMessageOutboundConnector"],
            !objects.values.contains(where: {
                $0.kind == .outboundConnector && $0.displayName.lowercased() == target.lowercased()
                    && $0.settings["enabled"] != false && $0.settings["isTransportRuleScoped"] == true
            })
        {
            return "there is no such connector"
        }
        return ExchangeRules.violations(object.kind, displayName: object.displayName, settings: object.settings)
            .first { $0.severity == .error }?.rule
    }

    /// What is there, for comparison: names and normal forms, without identities, which a re-creation changes.
    var picture: [String] {
        objects.values.map { object in
            let fields = object.kind.fields.map { field in
                "\(field.name)=\(field.normal(object.settings[field.name] ?? field.defaultValue))"
            }
            return "\(object.kind) \(object.displayName) \(fields.joined(separator: " "))"
        }
        .sorted()
    }
}

/// Does what the engine says, against a tenant and a store in memory, as the real driver does.
struct Driver {
    var tenant: FakeTenant
    /// The journal as it was last made durable.
    private(set) var stored: Journal?
    private(set) var applied: [ConnectorKey: AppliedConnector] = [:]
    private(set) var waited: Duration = .zero
    private(set) var transitions = 0
    /// Called before an action is carried out, with its number; another administrator's hand.
    var meddle: (Int, Transition.Action, inout FakeTenant) -> Void = { _, _, _ in }
    /// Readings that fail.
    var isUnreadable: (Int) -> Bool = { _ in false }
    private var readings = 0

    enum Cut: Hashable, Sendable {
        /// The process dies after it stored the transition of this number, before it acted.
        case beforeAction(Int)
        /// It dies after it acted, before it stored the next transition.
        case afterAction(Int)
    }

    enum End: Equatable {
        case finished(RunRecord.Result)
        case stopped
        case died
    }

    init(_ tenant: FakeTenant, applied: [AppliedConnector] = []) {
        self.tenant = tenant
        for entry in applied { self.applied[entry.key] = entry }
    }

    var memory: AppliedTenant { AppliedTenant(connectors: applied.values.sorted { $0.key < $1.key }) }

    mutating func run(
        _ journal: Journal,
        cut: Cut? = nil,
        interruptAt interruption: Int? = nil,
        plannedFrom observed: ObservedTenant? = nil,
        at instant: Date = now
    ) -> End {
        var transition = ApplyEngine.start(journal, plannedFrom: observed, at: instant)
        for number in 0..<2_000 {
            transitions = number
            if number == interruption { transition = ApplyEngine.interrupt(transition) }
            stored = transition.journal
            for update in transition.updates {
                switch update {
                case .remember(let connector): applied[connector.key] = connector
                case .forget(let key): applied[key] = nil
                }
            }
            if cut == .beforeAction(number) { return .died }
            meddle(number, transition.action, &tenant)
            let event: EngineEvent
            switch transition.action {
            case .send(let write):
                expectJournaled(write)
                event = tenant.send(write)
            case .read(let delay):
                waited += delay
                readings += 1
                event = isUnreadable(readings) ? .unreadable(Postponement("503", cause: .outage)) : tenant.read()
            case .finish(let result): return .finished(result)
            case .stop: return .stopped
            }
            if cut == .afterAction(number) { return .died }
            transition = ApplyEngine.next(transition.journal, event)
        }
        return .stopped
    }

    /// Rule 3: what is sent stands in the stored journal, with the image of what it changes.
    private func expectJournaled(_ write: Write) {
        let step = stored?.steps.first { step in
            step.state == .sending && step.write == write || step.state == .undoing && step.undo == write
        }
        #expect(step != nil, "\(write) is sent without being journaled")
        let isFollowUp = stored?.steps.contains { $0.write.action == .create && $0.write.name == write.name } == true
        #expect(write.action == .create || isFollowUp || step?.before != nil)
    }
}
