import FoundationEssentials
import NIOCore
import Synchronization

/// The one holder of the simulator's state; every connection and every control call comes here.
final class Service: Sendable {
    private let world: Mutex<World>
    private let log: (@Sendable (LoggedRequest) -> Void)?
    private let held = HeldAnswers()

    init(
        seed: String,
        latency: Duration,
        randomness: UInt64,
        now: @escaping @Sendable () -> Date,
        log: (@Sendable (LoggedRequest) -> Void)?
    ) throws(SimulatorError) {
        self.log = log
        world = Mutex(World(try Seed.read(seed), latency: latency, randomness: randomness, now: now))
    }

    func learn(port: Int) { world.withLock { $0.port = port } }

    func answer(_ request: Request) -> (Answer, Ticket) {
        let (answer, ticket, entry) = world.withLock { world in
            let (answer, ticket) = world.answer(request)
            return (answer, ticket, ticket.number > 0 ? world.log.last : nil)
        }
        if request.path == "/simulator/release" { release() }
        if let entry { log?(entry) }
        return (answer, ticket)
    }

    func finished(_ ticket: Ticket) { world.withLock { $0.finished(ticket) } }

    /// Keeps a promise until the next release.
    func hold(_ promise: EventLoopPromise<Void>, of ticket: Ticket) { held.add(promise, of: ticket) }

    func release() {
        let last = world.withLock { world in
            world.catchUp()
            return world.arrivals
        }
        held.release(upTo: last)
    }

    /// After it nothing is held any more.
    func stop() { held.release(upTo: .max) }

    func edit(tenant: String, userId: String, cmdlet: String, parameters: String) throws(SimulatorError) {
        guard let object = try? JSONReader.read(parameters).object else {
            throw .badEdit(reason: "the parameters are not a JSON object")
        }
        try world.withLock { world throws(SimulatorError) in
            try world.edit(tenant: tenant, Effect.Edit(userId: userId, cmdlet: cmdlet, parameters: object))
        }
    }

    func set(_ json: String) throws(SimulatorError) {
        let node = try DocumentNode.settings(json)
        try world.withLock { world throws(SimulatorError) in try world.set(node) }
    }

    func moveClock(by seconds: Int) throws(SimulatorError) {
        let node = try DocumentNode.settings(JSON.object(["advance": .number(seconds)]).text)
        try world.withLock { world throws(SimulatorError) in try world.moveClock(node) }
    }

    func send(_ json: String) throws(SimulatorError) {
        let node = try DocumentNode.settings(json)
        try world.withLock { world throws(SimulatorError) in try world.send(node) }
    }

    func setFaults(_ json: String) throws(SimulatorError) {
        let faults = try World.faults(json)
        world.withLock { $0.faults = faults }
    }

    func reseed(_ json: String) throws(SimulatorError) {
        let seed = try Seed.read(json)
        world.withLock { $0.take(seed) }
    }

    func requests() -> [LoggedRequest] { world.withLock { $0.log } }

    func clearRequests() { world.withLock { $0.log = [] } }

    func peakInFlight(tenant: String) -> Int { world.withLock { $0.peak(of: tenant) } }

    func state() -> String { world.withLock { $0.state.text } }
}
