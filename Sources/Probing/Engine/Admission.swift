/// Decides who may connect when, so that the manners are kept: tickets go in, admitted ones come out.
///
/// Every operation costs the same however many wait: an address waits in one place only, for a slot of its own, for its
/// pause to end, for room in its network, or in the line of those that only wait for room overall.
package struct Admission {
    package typealias Ticket = Int

    private struct Address {
        var waiting: [Ticket] = []
        var first = 0
        var running = 0
        var freeAt: Duration = .zero
        /// Whether the address stands in one of the lines already.
        var isQueued = false

        var isEmpty: Bool { first == waiting.count }

        mutating func take() -> Ticket? {
            guard first < waiting.count else { return nil }
            defer {
                first += 1
                if first == waiting.count {
                    waiting = []
                    first = 0
                }
            }
            return waiting[first]
        }
    }

    private struct Network {
        var running = 0
        var waiting: [NetworkAddress] = []
    }

    private struct Pause {
        let end: Duration
        let address: NetworkAddress
    }

    private let manners: Manners
    private var addresses: [NetworkAddress: Address] = [:]
    private var networks: [NetworkAddress: Network] = [:]
    private var pauses: [Pause] = []
    private var line: [NetworkAddress] = []
    private var lineStart = 0
    private var cancelled: Set<Ticket> = []
    private var running = 0

    package init(_ manners: Manners) { self.manners = manners }

    /// When the next pause is over, if any.
    package var nextPause: Duration? { pauses.first?.end }

    package mutating func enqueue(_ ticket: Ticket, for address: NetworkAddress, at now: Duration) {
        addresses[address, default: Address()].waiting.append(ticket)
        queue(address, at: now)
    }

    /// The ticket is not wanted any more.
    ///
    /// It must not have been admitted.
    package mutating func cancel(_ ticket: Ticket) { cancelled.insert(ticket) }

    /// A connection to the address has ended.
    package mutating func release(_ address: NetworkAddress, at now: Duration) {
        running -= 1
        addresses[address]?.running -= 1
        addresses[address]?.freeAt = now + manners.interval
        if let neighbourhood = address.neighbourhood, var network = networks[neighbourhood] {
            network.running -= 1
            if !network.waiting.isEmpty { line.append(network.waiting.removeFirst()) }
            networks[neighbourhood] = network.running == 0 && network.waiting.isEmpty ? nil : network
        }
        queue(address, at: now)
    }

    /// Those that may connect now; each is to be released later.
    package mutating func admit(at now: Duration) -> [Ticket] {
        while let pause = pauses.first, pause.end <= now {
            popPause()
            addresses[pause.address]?.isQueued = false
            queue(pause.address, at: now)
            forgetIdle(pause.address, at: now)
        }
        var admitted: [Ticket] = []
        while running < manners.overall, lineStart < line.count {
            let address = line[lineStart]
            lineStart += 1
            if let ticket = admit(address, at: now) { admitted.append(ticket) }
        }
        if lineStart > 64, lineStart * 2 > line.count {
            line.removeFirst(lineStart)
            lineStart = 0
        }
        return admitted
    }

    /// Takes the first of those that wait for an address which stood at the head of the line.
    private mutating func admit(_ address: NetworkAddress, at now: Duration) -> Ticket? {
        guard let neighbourhood = address.neighbourhood else { return nil }
        if let network = networks[neighbourhood], network.running >= manners.perNetwork {
            networks[neighbourhood]?.waiting.append(address)
            return nil
        }
        addresses[address]?.isQueued = false
        var next = addresses[address]?.take()
        while let ticket = next, cancelled.remove(ticket) != nil { next = addresses[address]?.take() }
        guard let ticket = next else {
            // All that waited here went away, so what waits for the network's room is asked in its place.
            if networks[neighbourhood]?.waiting.isEmpty == false,
                let other = networks[neighbourhood]?.waiting.removeFirst()
            {
                line.append(other)
            }
            forgetIdle(address, at: now)
            return nil
        }
        running += 1
        addresses[address]?.running += 1
        networks[neighbourhood, default: Network()].running += 1
        queue(address, at: now)
        return ticket
    }

    /// Puts the address into the line, or among the pauses, if anyone waits for it and it can take one more.
    private mutating func queue(_ address: NetworkAddress, at now: Duration) {
        guard var entry = addresses[address], !entry.isQueued else { return }
        guard entry.running < manners.perAddress else { return }
        if entry.freeAt > now {
            // Kept even if none waits: whoever comes next has to wait for the end of the pause.
            pushPause(Pause(end: entry.freeAt, address: address))
        } else if entry.isEmpty {
            return forgetIdle(address, at: now)
        } else {
            line.append(address)
        }
        entry.isQueued = true
        addresses[address] = entry
    }

    private mutating func forgetIdle(_ address: NetworkAddress, at now: Duration) {
        guard let entry = addresses[address], entry.isEmpty, entry.running == 0, !entry.isQueued, entry.freeAt <= now
        else { return }
        addresses[address] = nil
    }

    // MARK: A heap of pauses, the earliest first

    private mutating func pushPause(_ pause: Pause) {
        pauses.append(pause)
        var index = pauses.count - 1
        while index > 0, pauses[index].end < pauses[(index - 1) / 2].end {
            pauses.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func popPause() {
        pauses.swapAt(0, pauses.count - 1)
        pauses.removeLast()
        var index = 0
        while true {
            let children = [2 * index + 1, 2 * index + 2].filter { $0 < pauses.count }
            guard let least = children.min(by: { pauses[$0].end < pauses[$1].end }),
                pauses[least].end < pauses[index].end
            else { return }
            pauses.swapAt(index, least)
            index = least
        }
    }
}
