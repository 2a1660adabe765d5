/// Which addresses of a next hop are probed, and which are named as left out.
struct ProbePlan {
    static let mostOfNetwork = 16

    struct Target {
        /// The index of the host.
        let host: Int
        let target: ProbeTarget
    }

    private(set) var targets: [Target] = []
    private(set) var leftOut = LeftOut()

    /// Addresses up to the cap, evenly over the hosts of one preference, IPv6 before IPv4 as Exchange Online tries them.
    init(_ hosts: [HostObservations], request: ObservationRequest, most: Int) {
        let best = hosts.first { $0.notProbed == nil }?.preference
        var queues: [(index: Int, host: HostObservations, rest: ArraySlice<NetworkAddress>)] = []
        for (index, host) in hosts.enumerated() where host.notProbed == nil {
            queues.append((index, host, Self.addresses(of: host, wantsDANE: request.wantsDANE)[...]))
        }
        var taken: [Int: [NetworkAddress]] = [:]
        var count = 0
        for preference in Set(queues.map(\.host.preference)).sorted() {
            var isMoving = true
            while isMoving, count < most {
                isMoving = false
                for place in queues.indices where queues[place].host.preference == preference && count < most {
                    guard let address = queues[place].rest.popFirst() else { continue }
                    taken[place, default: []].append(address)
                    count += 1
                    isMoving = true
                }
            }
        }
        for (place, queue) in queues.enumerated() {
            for address in taken[place] ?? [] {
                let target = ProbeTarget(
                    host: queue.host.host,
                    address: address,
                    port: request.port,
                    sni: queue.host.sni
                )
                targets.append(Target(host: queue.index, target: target))
            }
            let isBest = queue.host.preference == best
            for address in queue.rest { leftOut.add(address: address.description, isBest: isBest) }
        }
    }

    private static func addresses(of host: HostObservations, wantsDANE: Bool) -> [NetworkAddress] {
        if let block = AddressBlock(host.literal) { return block.first(mostOfNetwork) }
        var addresses: [NetworkAddress] = []
        var known: Set<NetworkAddress> = []
        for answer in [host.ipv6, host.ipv4].compactMap({ $0 }) {
            // What DNSSEC calls a forgery is connected to only where DNSSEC is not to be obeyed.
            if wantsDANE, answer.bogusReason != nil { continue }
            for address in answer.addresses where known.insert(address).inserted { addresses.append(address) }
        }
        return addresses
    }
}
