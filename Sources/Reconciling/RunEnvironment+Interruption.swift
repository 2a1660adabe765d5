extension RunEnvironment {
    /// Does what writes nothing, and cancels it once somebody asks the program to stop: a silent server holds nobody up.
    func untilInterrupted<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(RunStop) -> Value
    ) async throws(RunStop) -> Value {
        let isInterrupted = isInterrupted
        let task = Task { () -> Result<Value, RunStop> in
            do throws(RunStop) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        let watch = Task {
            while !Task.isCancelled {
                if isInterrupted() { return task.cancel() }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        defer { watch.cancel() }
        return try await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }.get()
    }
}
