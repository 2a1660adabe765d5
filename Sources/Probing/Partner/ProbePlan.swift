/// Which addresses of a next hop are probed, and which are named as left out.
struct ProbePlan {
    static let mostAddresses = 64
    static let mostOfNetwork = 16

    struct Target {
        /// The index of the host.
        let host: Int
        let target: ProbeTarget
    }

    private(set) var targets: [Target] = []
    /// By the host's index: an observation for each address that is left out.
    private(set) var skipped: [Int: [ProbeObservation]] = [:]

    /// All addresses of the best preference, and others up to the cap, IPv6 before IPv4 as Exchange Online tries them.
    init(_ hosts: [HostObservations], request: ObservationRequest) {
        let best = hosts.first { $0.notProbed == nil }?.preference
        for (index, host) in hosts.enumerated() where host.notProbed == nil {
            for address in Self.addresses(of: host, wantsDANE: request.wantsDANE) {
                let target = ProbeTarget(host: host.host, address: address, port: request.port, sni: host.sni)
                let isBest = host.preference == best && request.nextHop.isByPreference
                if targets.count < Self.mostAddresses || isBest {
                    targets.append(Target(host: index, target: target))
                } else {
                    skip(target, of: index, seen: host)
                }
            }
        }
    }

    private mutating func skip(_ target: ProbeTarget, of host: Int, seen: HostObservations) {
        let date = seen.ipv4?.at ?? seen.ipv6?.at
        guard let date else { return }
        var observation = target.observation(ehloName: "", at: date)
        observation.notProbed = .overTheCap
        skipped[host, default: []].append(observation)
    }

    private static func addresses(of host: HostObservations, wantsDANE: Bool) -> [NetworkAddress] {
        if let block = AddressBlock(host.literal) { return block.first(mostOfNetwork) }
        var addresses: [NetworkAddress] = []
        for answer in [host.ipv6, host.ipv4].compactMap({ $0 }) {
            // What DNSSEC calls a forgery is connected to only where DNSSEC is not to be obeyed.
            if wantsDANE, answer.bogusReason != nil { continue }
            for address in answer.addresses where !addresses.contains(address) { addresses.append(address) }
        }
        return addresses
    }
}

extension NextHop {
    /// Smart hosts are all alike, so that the best preference would be all of them.
    fileprivate var isByPreference: Bool {
        if case .mx = self { return true }
        return false
    }
}
