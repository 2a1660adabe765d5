package import Configuration
package import Connectors
import ExchangeOnline
package import FoundationEssentials
package import Probing
import Reports
package import TLSGate
import Transfers

/// Observes partners and has what was seen judged; what several connectors share is looked at once.
package actor Gatekeeper {
    package nonisolated let settings: GateSettings
    private let pools: TransferPools
    private let now: @Sendable () -> Date
    private var equipment: GateEquipment?
    private var asking: [ObservationRequest: SharedTask<PartnerObservations?>] = [:]
    private var seen = SeenPartners()

    package nonisolated let policy: GatePolicy

    package init(_ environment: RunEnvironment) {
        self.init(
            settings: environment.configuration.gate,
            pools: environment.pools,
            now: environment.timing.now
        )
    }

    package init(
        settings: GateSettings,
        pools: TransferPools = TransferPools(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.settings = settings
        self.pools = pools
        self.now = now
        policy = GatePolicy(settings)
    }

    /// A connector as it would be in the tenant, with what is needed to judge it.
    package struct Subject: Sendable {
        package var key: ConnectorKey
        package var settings: Settings
        package var fieldSources: FieldPlaces
        /// PEM of the certificate that the partner sends with.
        package var sample: String?
        /// What the tenant has; `nil` for a connector that is not there yet, or where that is not known.
        package var before: Settings?
        /// What was written last and seen confirmed.
        package var applied: Settings?

        package init(
            key: ConnectorKey,
            settings: Settings,
            fieldSources: FieldPlaces = [:],
            sample: String? = nil,
            before: Settings? = nil,
            applied: Settings? = nil
        ) {
            self.key = key
            self.settings = settings
            self.fieldSources = fieldSources
            self.sample = sample
            self.before = before
            self.applied = applied
        }

        /// Whether a person must accept that it is not known with which certificate the partner sends: only where what is
        /// judged changes, and is not merely put back.
        var isEvidenceDue: Bool { Gate.isEvidenceDue(key.kind, settings, before: before, applied: applied) }

        /// A rule has no server, and a connector that is not in use takes no mail.
        package var isJudged: Bool { key.kind != .transportRule && settings["enabled"] != .boolean(false) }
    }

    package struct Findings: Sendable {
        package var judgements: [Judgement] = []
        package var observations: [PartnerObservations] = []
    }

    /// Judges connectors of one tenant.
    ///
    /// - Parameters:
    ///   - outdated: Those of the waivers that were written for a connector as it no longer is.
    ///   - acceptedDomains: The tenant's own domains; `nil` when the tenant was not read.
    ///   - earlier: What an earlier run saw: it tells which certificates changed, and which policies senders may still hold.
    ///   - tries: How often the same was judged before with nothing but a hold to show for it.
    ///   - maximumAge: What was seen longer ago is asked again, in seconds; it cannot go beyond the policy's.
    ///   - kept: What earlier runs saw, fresh enough for the one who asks: servers of which all is known from it are not asked.
    package func judge(
        _ subjects: [Subject],
        waivers: [Waiver],
        outdated: [OutdatedWaiver] = [],
        acceptedDomains: [String]?,
        earlier: [PartnerObservations] = [],
        tries: Int = 0,
        maximumAge: TimeInterval = .infinity,
        kept: [PartnerObservations] = []
    ) async throws(RunStop) -> Findings {
        let equipment = try ready()
        let subjects = subjects.filter(\.isJudged)
        var wanted: [ObservationRequest] = []
        for subject in subjects where subject.key.kind == .outboundConnector {
            wanted += Gate.requests(for: subject.key, settings: subject.settings, policy: policy)
        }
        let requests = Set(wanted)
        guard requests.count <= settings.maximumNextHops else { throw .tooManyNextHops(requests.count, settings) }
        await equipment.observer.hold(earlier.flatMap(\.mtaSTS))
        let limits = tries > 0 ? ProbeLimits.slow(timeout: settings.timeout) : nil
        let known = Dictionary(
            requests.compactMap { request in kept.first { $0.answers(request) }.map { (request, $0) } }
        ) { first, _ in first }
        let open = requests.filter { known[$0] == nil }
        var observations = await observe(Array(open), with: equipment, limits: limits, maximumAge: maximumAge)
        observations.merge(known) { seen, _ in seen }
        if Task.isCancelled { throw .interrupted }
        let judge = SubjectJudge(
            policy: policy,
            waivers: waivers,
            outdated: outdated,
            acceptedDomains: acceptedDomains,
            roots: equipment.roots,
            now: now(),
            previous: earlier.flatMap(\.hosts).flatMap(\.probes),
            tries: tries
        )
        var judgements = await judge.judgements(of: subjects, observations)
        if await lookWithoutNames(
            judgements,
            of: subjects,
            &observations,
            with: equipment,
            except: Set(known.keys),
            maximumAge: maximumAge
        ) {
            judgements = await judge.judgements(of: subjects, observations)
        }
        return Findings(
            judgements: judgements,
            observations: observations.values.sorted { "\($0.nextHop)" < "\($1.nextHop)" }
        )
    }

    /// Asks servers once more without saying whom we want, where their certificate may depend on that.
    ///
    /// - Returns: Whether anything more was seen.
    private func lookWithoutNames(
        _ judgements: [Judgement],
        of subjects: [Subject],
        _ observations: inout [ObservationRequest: PartnerObservations],
        with equipment: GateEquipment,
        except left: Set<ObservationRequest>,
        maximumAge: TimeInterval
    ) async -> Bool {
        var looks: [(request: ObservationRequest, probe: ProbeObservation)] = []
        var known: Set<ObservationRequest> = []
        for (subject, judgement) in zip(subjects, judgements) where subject.key.kind == .outboundConnector {
            for request in Gate.requests(for: subject.key, settings: subject.settings, policy: policy) {
                guard !left.contains(request), let seen = observations[request] else { continue }
                let probes = Gate.repeatsWithoutSNI([seen], settings: subject.settings, after: judgement)
                guard !probes.isEmpty, known.insert(request).inserted else { continue }
                looks += probes.map { (request, $0) }
            }
        }
        let age = Duration.seconds(Int64(most(maximumAge)))
        let more = await looks.concurrently(window: max(1, settings.concurrency)) { look in
            (try? await equipment.observer.withoutSNI(look.probe, maximumAge: age)) ?? nil
        }
        var isNew = false
        for (look, more) in zip(looks, more) {
            guard let more, var seen = observations[look.request] else { continue }
            for index in seen.hosts.indices where seen.hosts[index].probes.contains(look.probe) {
                seen.hosts[index].probes.append(more)
                isNew = true
            }
            observations[look.request] = seen
            self.seen.add(seen, to: look.request)
        }
        return isNew
    }

    /// Looks at one server by itself.
    package func look(at host: String, port: Int, level: TLSLevel) async throws(RunStop) -> PartnerObservations {
        let request = ObservationRequest(
            nextHop: .smartHosts([host]),
            port: port,
            wantsCRLs: policy.checksRevocation && level.checksCertificates
        )
        let observations = await observe([request], with: try ready())[request]
        guard let observations, !Task.isCancelled else { throw .interrupted }
        return observations
    }

    /// Judges one server as a connector with this demand would that has it for a smart host.
    ///
    /// - Parameters:
    ///   - observations: What `look(at:port:level:)` saw.
    ///   - vantage: What all looks of the run say of our own network.
    package func judge(
        server host: String,
        port: Int,
        level: TLSLevel,
        tlsDomain: String?,
        observations: PartnerObservations,
        vantage: Vantage
    ) throws(RunStop) -> Judgement {
        var policy = policy
        policy.port = port
        return Gate.judge(
            server: host,
            level: level,
            tlsDomain: tlsDomain,
            observations: observations,
            policy: policy,
            roots: try ready().roots,
            now: now(),
            vantage: vantage
        )
    }

    /// What the gate works with, made when it is first needed, and with the roots as their file has them now.
    ///
    /// What was missing once may be there the next time, so a failure is not kept.
    func ready() throws(RunStop) -> GateEquipment {
        var ready = if let equipment { equipment } else { try GateEquipment(settings, pools, now: now) }
        try ready.readRootsAgain()
        equipment = ready
        return ready
    }

    /// How old what was seen may be, in seconds, for one who wants it no older than that.
    private func most(_ maximumAge: TimeInterval) -> TimeInterval { max(0, min(policy.maximumEvidenceAge, maximumAge)) }

    /// Observes what is not yet known, or known for too long; the rest is remembered.
    ///
    /// Whoever wants the same meanwhile waits for the same look.
    private func observe(
        _ requests: [ObservationRequest],
        with equipment: GateEquipment,
        limits: ProbeLimits? = nil,
        maximumAge: TimeInterval = .infinity
    ) async -> [ObservationRequest: PartnerObservations] {
        let now = self.now()
        let most = most(maximumAge)
        let age = Duration.seconds(Int64(most))
        // One who wants it fresher takes nothing from the others.
        seen.forgetOld(at: now, maximumAge: policy.maximumEvidenceAge)
        let budget = TargetBudget()
        var result: [ObservationRequest: PartnerObservations] = [:]
        var looks: [(request: ObservationRequest, task: SharedTask<PartnerObservations?>)] = []
        for request in requests {
            if let known = seen.observations(request, at: now, maximumAge: most) {
                result[request] = known
            } else if let task = asking[request], !task.isAbandoned {
                looks.append((request, task))
            } else {
                let task = SharedTask {
                    try? await equipment.observer.observe(request, maximumAge: age, limits: limits, budget: budget)
                }
                asking[request] = task
                looks.append((request, task))
            }
        }
        let found = await withTaskGroup(of: (Int, PartnerObservations?).self) { group in
            for (index, look) in looks.enumerated() { group.addTask { (index, await look.task.value() ?? nil) } }
            return await group.reduce(into: [Int: PartnerObservations]()) { $0[$1.0] = $1.1 }
        }
        var left: [ObservationRequest] = []
        for (index, look) in looks.enumerated() {
            if asking[look.request] === look.task { asking[look.request] = nil }
            guard let observations = found[index] else {
                if look.task.isAbandoned { left.append(look.request) }
                continue
            }
            seen.remember(observations, of: look.request, at: now)
            result[look.request] = observations
        }
        // Whoever asked for it was cancelled just before we came to wait.
        guard !left.isEmpty, !Task.isCancelled else { return result }
        return result.merging(await observe(left, with: equipment, limits: limits, maximumAge: maximumAge)) { $1 }
    }
}

extension RunStop {
    fileprivate static func tooManyNextHops(_ count: Int, _ settings: GateSettings) -> RunStop {
        RunStop(
            .held,
            id: "too-many-next-hops",
            "The plan leads to \(count) next hops, and at most \(settings.maximumNextHops) are asked in one run. No partner was asked.",
            remedy: "Change fewer connectors at once, or raise gate.maximumNextHops."
        )
    }
}
