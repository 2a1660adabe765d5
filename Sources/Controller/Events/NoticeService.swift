import ExchangeOnline
import Configuration
import FoundationEssentials
import Logging
import Notices
import Reconciling
import Scheduling
import ServiceLifecycle
import StateStore
import Transfers

/// Sends what is to be sent: one message a minute and sink, the rest grouped; what fails is tried again for three days.
final class NoticeService: Service {
    private let settings: ConfigurationHolder
    private let store: any StateStore
    private let events: EventLog
    private let conditions: ObjectConditions
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let restart: AsyncStream<Void>
    private let restarts: AsyncStream<Void>.Continuation

    init(settings: ConfigurationHolder, events: EventLog, conditions: ObjectConditions, environment: RunEnvironment) {
        self.settings = settings
        store = environment.store
        self.events = events
        self.conditions = conditions
        logger = environment.logger
        clock = environment.timing.clock
        now = environment.timing.now
        (restart, restarts) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins again with the sinks of the configuration in force.
    func adopt() {
        events.adopt(settings.current.notices.map(Sink.init))
        restarts.yield()
    }

    func run() async throws {
        restarts.yield()
        var loops: Task<Void, Never>?
        for await _ in restart.cancelOnGracefulShutdown() {
            loops?.cancel()
            let configuration = settings.current
            loops = Task {
                await withDiscardingTaskGroup { group in
                    for sink in configuration.notices.map(Sink.init) {
                        group.addTask { await self.serve(sink, instance: configuration.controllerName) }
                    }
                }
            }
        }
        loops?.cancel()
        await loops?.value
    }

    private func serve(_ sink: Sink, instance: String) async {
        guard let pool = try? TransferPool() else { return }
        let sender = NoticeSender(pool: pool, instance: instance)
        var schedule = NoticeSchedule()
        let signals = events.follow()
        var isFirst = true
        // What another process left is sent without waiting for something new.
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals { self.wake(sink.name) }
            }
            while !Task.isCancelled {
                if !isFirst { await self.pause(for: schedule.wait(at: now()), sink.name) }
                isFirst = false
                guard !Task.isCancelled else { break }
                guard schedule.isDue(at: now()) else { continue }
                await self.send(sink, sender, &schedule)
            }
            group.cancelAll()
        }
    }

    private func send(_ sink: Sink, _ sender: NoticeSender, _ schedule: inout NoticeSchedule) async {
        let pending: [Delivery]
        do throws(StateStoreError) {
            pending = try await store.deliveries(to: sink.name, limit: Message.maximumEvents)
        } catch {
            schedule.failed(at: now())
            return
        }
        let (old, fresh) = (
            pending.filter { NoticeSchedule.isGivenUp($0.event.time, at: now()) },
            pending.filter { !NoticeSchedule.isGivenUp($0.event.time, at: now()) }
        )
        if !old.isEmpty {
            logger.warning(
                "\(sink.name): \(old.count) events were not delivered for three days and are given up.",
                metadata: ["sink": "\(sink.name)"]
            )
            try? await store.settle(old.map(\.event.id), of: sink.name, .done)
        }
        guard !fresh.isEmpty else { return }
        let (outcome, count) = await sender.send(fresh.map(\.event), to: sink)
        // What did not fit into the message is sent with the next one.
        let ids = fresh.prefix(count).map(\.event.id)
        let object = "Sink/\(sink.name)"
        switch outcome {
        case .arrived:
            schedule.arrived(at: now())
            try? await store.settle(ids, of: sink.name, .done)
            await conditions.replace([.noticesFailing], of: object, with: [])
        case .refused(let reason):
            schedule.arrived(at: now())
            logger.warning(
                "\(sink.name): \(ids.count) events were refused and are given up. \(reason)",
                metadata: ["sink": "\(sink.name)"]
            )
            try? await store.settle(ids, of: sink.name, .done)
            await conditions.replace([.noticesFailing], of: object, with: [finding(object, "Refused", reason)])
        case .failed(let reason, let wait):
            schedule.failed(at: now(), wait: wait)
            try? await store.settle(ids, of: sink.name, .tryAgain(at: schedule.next ?? now()))
            await conditions.replace([.noticesFailing], of: object, with: [finding(object, "DeliveryFailed", reason)])
        }
    }

    private func finding(_ object: String, _ reason: String, _ message: String) -> Finding {
        Finding(
            object,
            .noticesFailing,
            reason: reason,
            severity: .warning,
            message: "Events do not reach this sink. \(message)"
        )
    }

    // MARK: Waiting

    private let waiters = Waiters()

    private func wake(_ sink: String) { waiters.wake(sink) }

    /// Until the schedule allows the next message, and then until there is one.
    private func pause(for delay: TimeInterval, _ sink: String) async {
        if delay > 0 {
            try? await clock.sleep(for: .seconds(delay))
            return
        }
        await waiters.wait(for: sink)
    }
}

extension Sink {
    /// A sink as the operator's file says.
    init(_ notice: NoticeSettings) {
        let address: @Sendable () throws -> String =
            switch notice.address {
            case .plain(let url): { url }
            case .secret(let reference): { try reference.resolve() }
            }
        var secret: (@Sendable () throws -> String)?
        if let reference = notice.secret { secret = { try reference.resolve() } }
        self.init(
            name: notice.name,
            form: Form(rawValue: notice.form.rawValue) ?? .cloudEvents,
            address: address,
            secret: secret,
            conditions: Set(notice.conditions),
            tenants: Set(notice.tenants)
        )
    }
}
