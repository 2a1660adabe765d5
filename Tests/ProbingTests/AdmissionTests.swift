import Probing
import Testing

@Suite struct AdmissionTests {
    private static func address(_ text: String) throws -> NetworkAddress { try #require(NetworkAddress(text)) }

    @Test func `an address takes one connection at a time, and rests between two`() throws {
        let one = try Self.address("198.51.100.1")
        var admission = Admission(.considerate)
        admission.enqueue(1, for: one, at: .zero)
        admission.enqueue(2, for: one, at: .zero)
        #expect(admission.admit(at: .zero) == [1])
        admission.release(one, at: .seconds(5))
        #expect(admission.admit(at: .seconds(5.9)) == [])
        #expect(admission.nextPause == .seconds(6))
        #expect(admission.admit(at: .seconds(6)) == [2])
    }

    @Test func `whoever comes during a rest waits for its end`() throws {
        let one = try Self.address("198.51.100.1")
        var admission = Admission(.considerate)
        admission.enqueue(1, for: one, at: .zero)
        _ = admission.admit(at: .zero)
        admission.release(one, at: .zero)
        admission.enqueue(2, for: one, at: .milliseconds(500))
        #expect(admission.admit(at: .milliseconds(500)) == [])
        #expect(admission.admit(at: .seconds(1)) == [2])
    }

    @Test func `a network takes four at a time`() throws {
        var admission = Admission(.considerate)
        let addresses = try (1...6).map { try Self.address("198.51.100.\($0)") }
        for (ticket, address) in addresses.enumerated() { admission.enqueue(ticket, for: address, at: .zero) }
        admission.enqueue(9, for: try Self.address("203.0.113.1"), at: .zero)
        #expect(admission.admit(at: .zero) == [0, 1, 2, 3, 9])
        admission.release(addresses[2], at: .zero)
        #expect(admission.admit(at: .zero) == [4])
    }

    @Test func `there is a limit overall`() throws {
        var admission = Admission(Manners(overall: 2))
        let addresses = try (1...3).map { try Self.address("198.51.\($0).1") }
        for (ticket, address) in addresses.enumerated() { admission.enqueue(ticket, for: address, at: .zero) }
        #expect(admission.admit(at: .zero) == [0, 1])
        admission.release(addresses[0], at: .zero)
        #expect(admission.admit(at: .zero) == [2])
    }

    @Test func `who went away is passed over, and holds up no one`() throws {
        let one = try Self.address("198.51.100.1")
        var admission = Admission(Manners(perNetwork: 1))
        admission.enqueue(1, for: one, at: .zero)
        admission.enqueue(2, for: try Self.address("198.51.100.2"), at: .zero)
        admission.enqueue(3, for: try Self.address("198.51.100.3"), at: .zero)
        #expect(admission.admit(at: .zero) == [1])
        admission.cancel(2)
        admission.release(one, at: .zero)
        #expect(admission.admit(at: .zero) == [3])
    }

    @Test(arguments: 0..<40)
    func `manners hold whatever happens, and everyone gets a turn`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let manners = Manners(perAddress: 1, interval: .seconds(1), perNetwork: 3, overall: 7)
        var admission = Admission(manners)
        var world = World(manners)
        let addresses = try (0..<24).map { try Self.address("198.51.\($0 / 6).\($0 % 6 + 1)") }
        var tickets: [Int: NetworkAddress] = [:]
        var waiting: Set<Int> = []
        var now = Duration.zero
        for ticket in 0..<200 {
            let address = addresses[Int.random(in: 0..<addresses.count, using: &generator)]
            tickets[ticket] = address
            waiting.insert(ticket)
            admission.enqueue(ticket, for: address, at: now)
            if Int.random(in: 0..<10, using: &generator) == 0, let gone = waiting.randomElement(using: &generator) {
                waiting.remove(gone)
                admission.cancel(gone)
            }
            now += .milliseconds(Int.random(in: 0..<400, using: &generator))
            step(&admission, &world, tickets, &waiting, at: now, &generator)
        }
        for _ in 0..<2_000 where !waiting.isEmpty {
            now += .milliseconds(300)
            step(&admission, &world, tickets, &waiting, at: now, &generator)
        }
        #expect(waiting.isEmpty)
        #expect(world.objections.isEmpty)
    }

    private func step(
        _ admission: inout Admission,
        _ world: inout World,
        _ tickets: [Int: NetworkAddress],
        _ waiting: inout Set<Int>,
        at now: Duration,
        _ generator: inout SeededGenerator
    ) {
        for ticket in admission.admit(at: now) {
            waiting.remove(ticket)
            if let address = tickets[ticket] { world.start(address, at: now) }
        }
        for address in world.running where Bool.random(using: &generator) {
            world.end(address, at: now)
            admission.release(address, at: now)
        }
    }
}

/// The servers' view of it.
private struct World {
    private let manners: Manners
    private(set) var running: [NetworkAddress] = []
    private(set) var objections: [String] = []
    private var ends: [NetworkAddress: Duration] = [:]

    init(_ manners: Manners) { self.manners = manners }

    mutating func start(_ address: NetworkAddress, at now: Duration) {
        if let end = ends[address], now - end < manners.interval { objections.append("\(address) too soon") }
        running.append(address)
        if running.count(where: { $0 == address }) > manners.perAddress { objections.append("\(address) twice") }
        if running.count(where: { $0.neighbourhood == address.neighbourhood }) > manners.perNetwork {
            objections.append("\(address): network")
        }
        if running.count > manners.overall { objections.append("overall") }
    }

    mutating func end(_ address: NetworkAddress, at now: Duration) {
        if let index = running.firstIndex(of: address) { running.remove(at: index) }
        ends[address] = now
    }
}
