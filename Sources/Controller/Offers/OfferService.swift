import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Planning
import PullRequests
import Reconciling
import Reports
import Scheduling
import ServiceLifecycle
import Synchronization

/// Offers changes of our own to every source that asks for it: each interval, and when a round or the branch brings news.
final class OfferService: Service {
    /// The least time from the beginning of one look to that of the next; a shorter interval of the source is the least itself.
    static let leastPause = Duration.seconds(5)

    private let settings: ConfigurationHolder
    private let tools: OfferTools
    private let clock: any Clock<Duration>
    private let chance: @Sendable () -> Double
    private let waiters = Waiters()
    private let desks = Mutex<[String: OfferDesk]>([:])
    private let restart: AsyncStream<Void>
    private let restarts: AsyncStream<Void>.Continuation

    init(settings: ConfigurationHolder, tools: OfferTools, environment: RunEnvironment) {
        self.settings = settings
        self.tools = tools
        clock = environment.timing.clock
        chance = environment.timing.random
        (restart, restarts) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins again with the sources of the configuration in force.
    func adopt() { restarts.yield() }

    /// Something moved that offers hang on: the branch, a tenant, or a request.
    func look(at source: Source) {
        if source.forge?.offers.isOn == true { waiters.wake(source.name) }
    }

    func run() async throws {
        restarts.yield()
        var loops: Task<Void, Never>?
        for await _ in restart.cancelOnGracefulShutdown() {
            loops?.cancel()
            await loops?.value
            let sources = settings.current.sources.filter { $0.forge?.offers.isOn == true }
            loops = Task {
                await withDiscardingTaskGroup { group in
                    for source in sources { group.addTask { await self.follow(source) } }
                }
            }
        }
        loops?.cancel()
        await loops?.value
    }

    private func follow(_ source: Source) async {
        let desk = desks.withLock { desks in
            let desk = desks[source.name] ?? OfferDesk(source.name, tools: tools)
            desks[source.name] = desk
            return desk
        }
        let stopwatch = Stopwatch(clock)
        while !Task.isCancelled {
            let least = stopwatch.elapsed + min(Self.leastPause, source.interval)
            await desk.look()
            guard !Task.isCancelled else { return }
            let next = stopwatch.elapsed + source.interval * (0.9 + 0.2 * chance())
            if stopwatch.elapsed < least {
                guard (try? await clock.sleep(for: least - stopwatch.elapsed)) != nil else { return }
            }
            let (clock, waiters) = (clock, waiters)
            let timer = Task {
                guard (try? await clock.sleep(for: max(.zero, next - stopwatch.elapsed))) != nil else { return }
                waiters.wake(source.name)
            }
            await waiters.wait(for: source.name)
            timer.cancel()
        }
    }
}

extension LaneRegistry {
    /// What a tenant's lane knows that offers hang on.
    func standing(_ managed: ManagedTenant) -> OfferStanding {
        guard let snapshot = self[managed.tenant.name]?.snapshot else {
            return OfferStanding(live: nil, mayBeQuarantined: false)
        }
        let memory = snapshot.memory
        let ended = memory.lastEnding
        return OfferStanding(
            live: snapshot.offerable,
            mayBeQuarantined: memory.ledger.has(.rolledBack) || memory.waiting?.cause == .quarantined
                || ended.map { [.rolledBack, .partlyApplied].contains($0.result) || $0.cause == .quarantined } ?? false
        )
    }
}

extension LaneSnapshot {
    /// What the last full round saw, as long as nothing was written or failed since.
    fileprivate var offerable: OfferStanding.Live? {
        guard let live, digest != nil, running?.mayWrite != true else { return nil }
        if let ended = memory.lastEnding, ended.result == .failed, ended.cause?.isOfTheTenant == true { return nil }
        let drift = live.drift.filter { $0.author != .ours }
        let keys = Set(drift.filter { !$0.item.accepted }.map(\.item.key))
        let traces = memory.traces.filter { keys.contains($0.connector) }
        return OfferStanding.Live(
            drift: drift.map(AttributedDrift.init),
            since: traces.flatMap(\.fields).map(\.since).max() ?? lastRoundAt ?? since,
            isFought: traces.contains(where: \.isFought),
            unmanaged: live.unmanaged
        )
    }
}

extension AttributedDrift {
    fileprivate init(_ finding: DriftFinding) {
        self.init(item: finding.item)
        guard case .known(let name, _, let at, _) = finding.author else { return }
        (changedBy, changedAt) = (name, at)
    }
}

extension ObjectConditions {
    /// Which requests of ours are open, and what stands in the way of others.
    func replace(_ news: [OfferNews]) async {
        for entry in news {
            let object = "Offer/\(entry.tenant)/\(entry.kind.rawValue)"
            var findings: [Finding] = []
            if let request = entry.request {
                let page = entry.page.map { $0.isEmpty ? "" : " \($0)" } ?? ""
                findings.append(
                    Finding(
                        object,
                        .offered,
                        reason: entry.kind.reason,
                        severity: .info,
                        message: "Request \(request) \(entry.kind.sentence) \(entry.tenant).\(page)".escapingControls
                    )
                )
            }
            if let trouble = entry.trouble {
                findings.append(
                    Finding(
                        object,
                        .offerHeld,
                        reason: trouble.reason,
                        severity: .warning,
                        message: """
                            What \(entry.kind.sentence) \(entry.tenant) is not offered. \(trouble.message) \(trouble.remedy)
                            """
                    )
                )
            }
            await replace([.offered, .offerHeld], of: object, with: findings)
        }
    }
}

extension ChangeOffer.Kind {
    fileprivate var reason: String {
        switch self {
        case .drift: "Drift"
        case .revert: "RolledBack"
        case .adoption: "Unmanaged"
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .drift: "takes over in git what was changed in"
        case .revert: "takes back in git what was rolled back in"
        case .adoption: "gives definitions to unmanaged connectors of"
        }
    }
}

extension ConditionType {
    /// A request of our own is open.
    static let offered = ConditionType(rawValue: "Offered")
    /// A change cannot be offered, or its request not be brought up to date.
    static let offerHeld = ConditionType(rawValue: "OfferHeld")
}
