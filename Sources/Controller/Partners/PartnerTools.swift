import Configuration
import Connectors
import FoundationEssentials
import GitRepositories
import Reconciling
import Scheduling

/// What the looks at partners need of the controller.
struct PartnerTools: Sendable {
    /// What a new look needs, with the configuration in force.
    let environment: @Sendable () -> RunEnvironment
    let events: EventLog
    /// All tenants that are configured, in the order of their names.
    let tenants: @Sendable () -> [ManagedTenant]
    /// The partners that a tenant's definitions name; `nil` while they are those of `revision`, or are not known yet.
    let partners: @Sendable (ManagedTenant, _ revision: String?) async -> NamedPartners?
    /// - Parameter maximumAge: What was seen longer ago is asked again, in seconds.
    let look: @Sendable (ConnectorKey, ManagedTenant, _ maximumAge: TimeInterval) async throws(RunStop) -> PartnerLook
    /// Tells what keeps us from seeing partners; `nil`: nothing any more.
    let tell: @Sendable (OwnVantage.Trouble?) async -> Void
}

/// The partners that one commit names.
struct NamedPartners: Sendable {
    var revision: String
    /// `nil` where the definitions cannot be read, of which the lane tells.
    var partners: [ConnectorKey]?
}

extension PartnerTools {
    init(
        lanes: LaneRegistry,
        events: EventLog,
        shared: SharedResources,
        sources: SourceKeeper,
        conditions: ObjectConditions,
        environment: @escaping @Sendable () -> RunEnvironment
    ) {
        @Sendable func reconciler(_ managed: ManagedTenant, _ snapshot: SourceSnapshot) -> Reconciler {
            let pass = Pass(environment(), known: [managed.source.name: snapshot])
            return Reconciler(environment(), shared: shared, pass: pass)
        }
        self.init(
            environment: environment,
            events: events,
            tenants: { lanes.all.map { $0.managed } },
            partners: { managed, revision in
                guard let snapshot = await sources.state(of: managed.source.name).snapshot,
                    snapshot.commit.id != revision
                else { return nil }
                let partners = try? await reconciler(managed, snapshot).partners(of: managed)
                return NamedPartners(revision: snapshot.commit.id, partners: partners)
            },
            look: { (connector, managed, age) async throws(RunStop) -> PartnerLook in
                guard let snapshot = await sources.state(of: managed.source.name).snapshot else { throw .interrupted }
                return try await reconciler(managed, snapshot).look(at: connector, of: managed, maximumAge: age)
            },
            tell: { trouble in
                let object = "Controller/\(environment().configuration.controllerName)"
                let findings = trouble.map { [Finding($0, of: object, port: environment().configuration.gate.port)] }
                await conditions.replace([.partnersUnseen], of: object, with: findings ?? [])
            }
        )
    }
}

extension Finding {
    fileprivate init(_ trouble: OwnVantage.Trouble, of object: String, port: Int) {
        let reason: String
        let why: String
        switch trouble {
        case .dns:
            reason = "DNSSilent"
            why = "The DNS resolver answers nothing. Let gate.resolver name a server that answers"
        case .port(let servers):
            reason = "PortBlocked"
            why = """
                None of the last \(servers) servers of unrelated partners could be reached: this network probably blocks port \
                \(port). Allow outgoing connections to it
                """
        }
        self.init(
            object,
            .partnersUnseen,
            reason: reason,
            severity: .warning,
            message: """
                Partners cannot be looked at from here, so a change of their servers is not seen. \(why); mitregate doctor tests it.
                """
        )
    }
}
