import Configuration
import Synchronization

/// The workers of all tenants that are configured.
final class LaneRegistry: Sendable {
    private struct State {
        var workers: [String: LaneWorker] = [:]
        var isStopping = false
    }

    private let tools: LaneTools
    private let state = Mutex(State())
    private let started: AsyncStream<LaneWorker>
    private let starts: AsyncStream<LaneWorker>.Continuation

    init(tools: LaneTools) {
        self.tools = tools
        (started, starts) = AsyncStream.makeStream()
    }

    subscript(name: String) -> LaneWorker? { state.withLock { $0.workers[name] } }

    /// In the order of their names.
    var all: [LaneWorker] { state.withLock { $0.workers.values.sorted { $0.name < $1.name } } }

    /// Takes over a configuration: new tenants begin, those that are gone end, the others hear of it.
    func adopt(_ configuration: Configuration) {
        let wanted = Dictionary(configuration.tenants.map { ($0.tenant.name, $0) }) { first, _ in first }
        state.withLock { state in
            guard !state.isStopping else { return }
            for (name, worker) in state.workers where wanted[name] == nil {
                worker.stop()
                state.workers[name] = nil
                // A round that is under way still answers what it was begun for.
                tools.requests.endAll(of: name, message: "\(name) was removed from the configuration.")
            }
            for (name, managed) in wanted {
                if let worker = state.workers[name] {
                    worker.adopt(managed)
                } else {
                    let worker = LaneWorker(managed, tools: tools)
                    state.workers[name] = worker
                    starts.yield(worker)
                }
            }
        }
    }

    /// Runs every worker until `stop`.
    func run() async {
        // In a task that has none above it: else each lane's takes a KiB for what is local to those, and no lane asks for that.
        let lanes = Task.detached { [started] in
            await withDiscardingTaskGroup { group in
                for await worker in started { group.addTask { await worker.run() } }
            }
        }
        await withTaskCancellationHandler {
            await lanes.value
        } onCancel: {
            lanes.cancel()
        }
    }

    func stop() {
        let workers = state.withLock { state in
            state.isStopping = true
            return Array(state.workers.values)
        }
        for worker in workers { worker.stop() }
        starts.finish()
    }
}
