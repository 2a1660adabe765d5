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
        let lanes = Task.detached {
            await withDiscardingTaskGroup { group in
                for await worker in self.started {
                    group.addTask {
                        await worker.run()
                        self.ended(worker)
                    }
                }
            }
        }
        await withTaskCancellationHandler {
            await lanes.value
        } onCancel: {
            lanes.cancel()
        }
    }

    /// What the last round or job of a tenant that was removed did not answer is answered by no other.
    private func ended(_ worker: LaneWorker) {
        guard state.withLock({ !$0.isStopping && $0.workers[worker.name] == nil }) else { return }
        tools.requests.endAll(of: worker.name)
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
