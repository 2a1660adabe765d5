import Configuration
import FoundationEssentials
import Reconciling

/// The last commit of each source, fetched by whoever needs it and once for all who ask meanwhile.
actor SourceKeeper {
    struct State: Sendable {
        var snapshot: SourceSnapshot?
        /// Why the last look failed.
        var trouble: RunStop?
        /// When it was last read, by the host's clock.
        var readAt: Date?
    }

    private let environment: @Sendable () -> RunEnvironment
    private let now: @Sendable () -> Date
    /// Told of each tip before anyone else sees it.
    private let settle: @Sendable (Source, SourceSnapshot) async -> Void
    private var states: [String: State] = [:]
    private var reading: [String: Task<State, Never>] = [:]

    init(
        environment: @escaping @Sendable () -> RunEnvironment,
        now: @escaping @Sendable () -> Date,
        settle: @escaping @Sendable (Source, SourceSnapshot) async -> Void = { _, _ in }
    ) {
        self.environment = environment
        self.now = now
        self.settle = settle
    }

    func state(of source: String) -> State { states[source] ?? State() }

    var all: [String: State] { states }

    /// Looks at the source; one that is being looked at is not looked at twice.
    func refresh(_ source: Source) async -> State {
        if let task = reading[source.name] { return await task.value }
        let task = Task { await read(source) }
        reading[source.name] = task
        let state = await task.value
        reading[source.name] = nil
        return state
    }

    private func read(_ source: Source) async -> State {
        var state = states[source.name] ?? State()
        do throws(RunStop) {
            let snapshot = try await SourceReader(environment()).snapshot(of: source)
            await settle(source, snapshot)
            state.snapshot = snapshot
            state.trouble = nil
            state.readAt = now()
        } catch {
            // What was seen before stays: a source that cannot be reached takes nothing from a tenant.
            state.trouble = error
        }
        states[source.name] = state
        return state
    }

    /// Forgets sources that are no longer configured.
    func keep(_ names: Set<String>) { states = states.filter { names.contains($0.key) } }
}
