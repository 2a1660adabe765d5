import ServiceLifecycle

/// Runs every lane, and ends them in order: what is being written is finished or left resumable.
struct LaneService: Service {
    let lanes: LaneRegistry

    func run() async throws {
        await withGracefulShutdownHandler {
            await lanes.run()
        } onGracefulShutdown: {
            lanes.stop()
        }
    }
}
